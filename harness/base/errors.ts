/**
 * Who has to act on an error; the CLI turns it into an exit code (2, 3, 4, 70). `inconclusive`: nobody did wrong, and what was asked
 * cannot be answered here.
 */
export type ErrorKind = 'usage' | 'environment' | 'inconclusive' | 'bug'

export interface DrydockErrorOptions {
  /** Stable identifier, `AREA_REASON`, for code that reacts to it; the text may change. */
  readonly code: string
  readonly kind: ErrorKind
  /** What to do next, a sentence each. */
  readonly hints?: readonly string[]
  /** The values and limits concerned; must survive `structuredClone`. */
  readonly details?: Readonly<Record<string, string | number | boolean>>
  readonly cause?: unknown
}

/** An error whose message names what was wrong, the value and the limit. Expected bad outcomes are values, not this. */
export class DrydockError extends Error {
  readonly code: string
  readonly kind: ErrorKind
  readonly hints: readonly string[]
  readonly details: Readonly<Record<string, string | number | boolean>>

  constructor(message: string, options: DrydockErrorOptions) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause })
    this.name = 'DrydockError'
    this.code = options.code
    this.kind = options.kind
    this.hints = options.hints ?? []
    this.details = options.details ?? {}
  }
}

/** The message of anything that was thrown. */
export function errorMessage(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
