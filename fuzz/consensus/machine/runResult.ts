import type { ConsensusOutput } from '../abi/index.ts'

/** Bytes that the function changed though they are not its own. */
export interface StrayWrite {
  readonly where: 'the input' | 'a gap between regions' | 'memory above the block'
  /** From the start of the place that `where` names. */
  readonly offset: number
}

/** Why a run did not return. */
export type TrapReason =
  | 'unreachable'
  | 'division by zero'
  | 'integer overflow'
  | 'out of bounds'
  | 'stack exhausted'
  | 'other'

interface Measured {
  /** Instructions of `run`, by the meter's rule. */
  readonly fuel: number
  /** Size of the memory at the end, in pages of 64 KiB. */
  readonly pages: number
}

/** How a run ended, as data. */
export type RunResult =
  | (Measured & {
      readonly kind: 'returned'
      readonly output: ConsensusOutput
      readonly strayWrite: StrayWrite | null
    })
  | (Measured & {
      readonly kind: 'trapped'
      readonly reason: TrapReason
      /** V8's words. */
      readonly message: string
      /** Names of the functions that were running, innermost first. */
      readonly stack: readonly string[]
    })
  /** More instructions than the limit. */
  | (Measured & { readonly kind: 'fuelLimit'; readonly limit: number })
  /** `alloc` had no room for the block. */
  | (Measured & { readonly kind: 'noRoom'; readonly blockBytes: number })
  /** The module breaks the ABI before `run`: its version, or where `alloc` puts the block. */
  | (Measured & { readonly kind: 'abiBroken'; readonly message: string })
