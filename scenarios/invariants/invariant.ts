import type { ChainCodec } from '../../harness/codec/index.ts'
import type { StateReader } from './stateReader.ts'

/** One place where an invariant does not hold. */
export interface Violation {
  /** What of the invariant is broken, the same whatever account or subnet it is broken for: an item mostly. */
  readonly subject: string
  /** For whom, when there are many: an account, a subnet. */
  readonly of?: string
  /** One sentence with names and amounts. */
  readonly message: string
  /** By how much, with its sign; a violation that was there before counts when this grows. */
  readonly excess?: bigint
}

/**
 * Something that holds in every block of a chain, whatever its runtime. It is looked at before the upgrade, after the
 * migration block, once migrations are done, and after the last block of the rehearsal.
 */
export interface Invariant {
  /** camelCase; its check is `invariants.<id>`. */
  readonly id: string
  readonly title: string
  /** Which failure it is there for. */
  readonly why: string
  /** Whether a runtime has what it is about. */
  applies(codec: ChainCodec): boolean
  /** Every place where it does not hold; `async *check(state) { … }`. */
  check(state: StateReader): AsyncIterable<Violation>
}

/** An invariant as it is; says what it has to have to those who write one. */
export function defineInvariant(invariant: Invariant): Invariant {
  return invariant
}
