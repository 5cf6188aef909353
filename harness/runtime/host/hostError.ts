/** Why a host function ended the call; it unwinds the runtime, which cannot catch it. */
export type HostErrorKind = 'trap' | 'memory' | 'missing' | 'abort'

/**
 * Thrown by host functions only, and turned into an outcome by the machine: `trap` and `abort` (with the runtime's own
 * message) become a panic, `memory` a limit, `missing` a missing host function.
 */
export class HostError extends Error {
  readonly kind: HostErrorKind

  constructor(kind: HostErrorKind, message: string) {
    super(message)
    this.name = 'HostError'
    this.kind = kind
  }
}
