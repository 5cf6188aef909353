import type { BlockDifference } from './blockDifference.ts'

/** One block of the chain, executed. */
export interface ReplayedBlock {
  readonly number: number
  /** 0x-hex. */
  readonly hash: string
  readonly specVersion: number
  readonly extrinsics: number
  /** On this machine; waiting for data is left out. */
  readonly wallMs: number
  /** Wasm instructions; null when they were not counted. */
  readonly instructions: number | null
  /** `refTime` of `System.BlockWeight` after the block; null when the runtime keeps none that is known. */
  readonly weightRefTime: string | null
  readonly reads: number
  readonly writes: number
}

/** Why a replay ended before its last block. */
export interface ReplayStop {
  /** `unequal`: the block is not what the chain's runtime makes. `candidate`: the candidate's block could not be finished. `incomplete`: state that is not at hand. */
  readonly kind: 'unequal' | 'candidate' | 'incomplete'
  readonly block: number
  readonly message: string
}

/** What a candidate did with the same blocks. */
export interface CandidateReplay {
  /** Null when the upgrade itself could not be made. */
  readonly specName: string | null
  readonly specVersion: number | null
  readonly blocks: number
  /** In the order of the chain; the first one may explain those after it. */
  readonly differences: readonly BlockDifference[]
  readonly stop: ReplayStop | null
}

export interface ReplayReport {
  readonly schemaVersion: 1
  /** The block whose state was the start. */
  readonly parent: { readonly number: number; readonly hash: string }
  readonly blocks: readonly ReplayedBlock[]
  readonly stop: ReplayStop | null
  readonly candidate: CandidateReplay | null
  /** `equal`: every block came out as on the chain, and a candidate had no regression. */
  readonly verdict: 'equal' | 'unequal' | 'regression' | 'incomplete'
}

/** The verdict that the parts give. */
export function replayVerdict(
  stop: ReplayStop | null,
  candidate: CandidateReplay | null,
): ReplayReport['verdict'] {
  if (stop !== null) return stop.kind === 'incomplete' ? 'incomplete' : 'unequal'
  if (candidate === null) return 'equal'
  if (candidate.differences.some(({ kind }) => kind === 'regression')) return 'regression'
  if (candidate.stop === null) return 'equal'
  return candidate.stop.kind === 'incomplete' ? 'incomplete' : 'regression'
}
