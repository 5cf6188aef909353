/** Runs metered modules of ABI 1. */
export { ConsensusMachine, type RunOptions } from './consensusMachine.ts'
export { EdgeSet } from './edgeSet.ts'
export type { RunResult, StrayWrite, TrapReason } from './runResult.ts'
