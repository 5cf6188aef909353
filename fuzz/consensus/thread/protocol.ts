import type { ConsensusFinding } from '../campaign/finding.ts'
import type { FuzzConsensusOptions, FuzzConsensusResult } from '../campaign/fuzzConsensus.ts'

/** What can be sent to a thread. */
export type ThreadFuzzOptions = Omit<FuzzConsensusOptions, 'onFinding'>

export interface ConsensusJob {
  readonly wasm: Uint8Array
  readonly options: ThreadFuzzOptions
}

export type ConsensusReport =
  | { readonly kind: 'finding'; readonly finding: ConsensusFinding }
  | { readonly kind: 'done'; readonly result: FuzzConsensusResult }
