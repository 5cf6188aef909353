/** Fuzzing of consensus functions of ABI 1 (docs/consensus-abi.md), and of the one that a runtime has. */
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
  sha256,
} from './campaign/fuzzConsensus.ts'
export { counterexampleOf, type Replayed, replayCounterexample } from './campaign/replayCounterexample.ts'
export { type EpochMeasurement, type EpochSize, measureEpoch } from './epoch/measureEpoch.ts'
export { type EpochProbe, probeEpoch } from './epoch/probeEpoch.ts'
export { fuzzInThread, type ThreadFuzzResult } from './thread/fuzzInThread.ts'
