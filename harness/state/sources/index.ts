export type { ReadOptions, ReadProgress } from './byteSource.ts'
export { type ChainSpecOptions, type RawChainSpec, readRawChainSpec } from './chainSpec.ts'
export { isEndpoint, JsonRpc, type JsonRpcOptions } from './jsonRpc.ts'
export { type LiveStateOptions, readLiveState } from './liveState.ts'
export {
  readSnapshot,
  readSnapshotManifest,
  type Snapshot,
  type SnapshotOptions,
  writeSnapshot,
} from './snapshot.ts'
export type { SnapshotFacts, SnapshotManifest } from './snapshotManifest.ts'
