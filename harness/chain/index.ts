/** A forked chain: headers, building, proving and upgrading blocks on top of an executor. */
export {
  type Block,
  type ChainHead,
  createHead,
  decodeBlock,
  decodeExtrinsics,
  encodeBlock,
  encodeExtrinsics,
  headLabel,
} from './block.ts'
export { blockEvents } from './blockEvents.ts'
export { type BlockWeight, blockWeight } from './blockWeight.ts'
export {
  type BuildBlockOptions,
  type BuildResult,
  type BuiltBlock,
  buildBlock,
  type DroppedExtrinsic,
  type FailedBlock,
} from './build/blockBuilder.ts'
export { genesisHead, genesisHeader } from './build/genesis.ts'
export { buildGenesis, type GenesisOptions } from './build/genesisBuilder.ts'
export { type Phase, type PhaseName, phaseLabel } from './build/phase.ts'
export { type ChangeDifference, compareChanges, effectiveChanges, isSameValue } from './compareChanges.ts'
export {
  type CallComparison,
  type ComparedCall,
  type CompareOptions,
  comparedCalls,
  compareExecutors,
  compareOutcomes,
} from './compareExecutors.ts'
export { type Consensus, DEFAULT_FIRST_TIME_MS, type SlotClaim } from './consensus/index.ts'
export { type DigestItem, decodeDigest, encodeDigestItem, preRuntimeData } from './digestItem.ts'
export { type BlockProof, executeBlock, proveBlock } from './executeBlock.ts'
export { type Assumption, Fork, type OpenForkOptions } from './fork.ts'
export { decodeHeader, encodeHeader, type Header, hashHeader, stripSeals } from './header.ts'
export type { InherentData, InherentProvider } from './inherents/index.ts'
export { outcomeText } from './outcomeText.ts'
export { CODE_KEY, plainKey } from './plainKey.ts'
export { RuntimeCache } from './runtimeCache.ts'
export { type BlockRuntime, createRuntimeContext, type RuntimeContext } from './runtimeContext.ts'
export {
  type Answer,
  hasEntryPoint,
  type QueryFailure,
  queryRuntime,
  type RuntimeCode,
} from './runtimeQuery.ts'
export { type ItemDiff, type KeyLabels, storageDiff } from './storageDiff.ts'
export type { MigrationReport, Upgraded, UpgradeFailure, UpgradeOptions, UpgradeResult } from './upgrade.ts'
