/** What programs that use Drydock import: the forked chain, the executors, and the sources of state. */

export { DrydockError, type ErrorKind } from './base/errors.ts'
export {
  type BuildBlockOptions,
  type BuildResult,
  buildGenesis,
  Fork,
  type OpenForkOptions,
  proveBlock,
  type UpgradeResult,
} from './chain/index.ts'
export { type ChainCodec, createChainCodec, devAccount } from './codec/index.ts'
export { parseRuntimeBlob, type RuntimeBlob, readRuntimeBytes } from './runtime/blob/index.ts'
export { ChopsticksExecutor } from './runtime/chopsticks/chopsticksExecutor.ts'
export type { CallCost, CallOptions, CallRequest, Executor, Outcome } from './runtime/executor.ts'
export { V8Executor } from './runtime/v8/v8Executor.ts'
export { WorkerExecutor } from './runtime/worker/workerExecutor.ts'
export { ChainState } from './state/chainState.ts'
export { readRawChainSpec, readSnapshot, writeSnapshot } from './state/sources/index.ts'
export type { Changes, StateView, StorageKey } from './state/stateView.ts'
export { createPackedStore } from './state/store/packedStore.ts'
export type { Store } from './state/store/store.ts'
