import type { ChainCodec } from '../../harness/codec/index.ts'
import type { ChainState } from '../../harness/state/chainState.ts'
import type { StorageKey } from '../../harness/state/stateView.ts'
import type { Limits } from './limits.ts'

/** What is known of one chain beyond its metadata. Another chain is another small file, listed in `index.ts`. */
export interface ChainProfile {
  readonly name: string
  /** `RuntimeVersion.spec_name` of the runtimes that it is about. */
  readonly specNames: readonly string[]
  /**
   * False for chains whose transaction_version is never raised, so that their clients must follow the metadata: a changed
   * encoding of calls is then a warning.
   */
  readonly raisesTransactionVersion: boolean
  /** Lines that its runtimes log at error level although nothing is wrong. They are counted, and fail nothing. */
  readonly harmlessErrors: readonly HarmlessError[]
  /** Limits that this chain is known for; what is left out is as in `DEFAULT_LIMITS`. */
  readonly limits: Partial<Limits>
  /**
   * Work that the runtime does every so many blocks for each of its subnets, pools or the like, by the state after block
   * `number`: when each is due next. Sessions and eras are not among it: every chain is asked for those. Null when the chain
   * has no such work.
   */
  readonly dueEpochs: ((codec: ChainCodec, state: ChainState, number: number) => readonly DueEpoch[]) | null
}

/** The next time that a piece of periodic work is due. */
export interface DueEpoch {
  /** Whose it is, such as `subnet 3`. */
  readonly unit: string
  /** Height of the block that does the work. */
  readonly block: number
  /** Blocks from one to the next. */
  readonly periodBlocks: number
  /** A key that the work writes whenever it runs, and nothing else does; null when none is known. */
  readonly trace: StorageKey | null
}

export interface HarmlessError {
  readonly target: string
  /** The whole message, but for digits. */
  readonly message: string
  /** Why it is harmless, with the source. */
  readonly reason: string
}

/** True when the profile lists the line as harmless. */
export function isHarmlessError(
  profile: ChainProfile,
  log: { readonly target: string; readonly message: string },
): boolean {
  const message = withoutDigits(log.message)
  return profile.harmlessErrors.some(
    (known) => known.target === log.target && withoutDigits(known.message) === message,
  )
}

function withoutDigits(text: string): string {
  return text.replaceAll(/\d+/g, '#')
}
