/** Fuzzing of consensus functions of ABI 1 (docs/consensus-abi.md). */
export {
  type Counterexample,
  counterexampleFromJson,
  counterexampleToJson,
} from './campaign/counterexample.ts'
export type { ConsensusFinding } from './campaign/finding.ts'
export {
  type FuzzConsensusOptions,
  type FuzzConsensusResult,
  fuzzConsensus,
} from './campaign/fuzzConsensus.ts'
export { counterexampleOf, type Replayed, replayCounterexample } from './campaign/replayCounterexample.ts'
