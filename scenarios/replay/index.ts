/** Replaying blocks of a chain, and a candidate on the same blocks. */
export type { BlockDifference, DifferenceKind } from './blockDifference.ts'
export { type ReplayForkOptions, type ReplayLiveOptions, replayLive, replayWitnesses } from './replayFork.ts'
export type { CandidateReplay, ReplayedBlock, ReplayReport, ReplayStop } from './replayReport.ts'
