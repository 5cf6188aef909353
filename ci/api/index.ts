/** What programs, configurations and user-written checks import as `drydock`. */

export type { ChainValue } from '../../harness/codec/index.ts'
export {
  type BuildBlockOptions,
  type BuildResult,
  buildGenesis,
  type CallCost,
  type CallOptions,
  type CallRequest,
  type ChainCodec,
  ChainState,
  type Changes,
  ChopsticksExecutor,
  createChainCodec,
  createPackedStore,
  DrydockError,
  devAccount,
  type ErrorKind,
  type Executor,
  Fork,
  type OpenForkOptions,
  type Outcome,
  parseRuntimeBlob,
  proveBlock,
  type RuntimeBlob,
  readRawChainSpec,
  readRuntimeBytes,
  readSnapshot,
  type StateView,
  type StorageKey,
  type Store,
  type UpgradeResult,
  V8Executor,
  WorkerExecutor,
  writeSnapshot,
} from '../../harness/index.ts'
export type { Finding, Severity, Verdict } from '../../reports/model/index.ts'
export {
  account,
  type CostLimits,
  fork,
  impersonate,
  type ScenarioAccount,
  type ScenarioChain,
  type Submitted,
} from '../../scenarios/dsl/index.ts'
export {
  defineInvariant,
  fieldAt,
  type Invariant,
  integerAt,
  type StateEntry,
  type StateReader,
  type Violation,
} from '../../scenarios/invariants/index.ts'
export type { DrydockConfig } from './configSchema.ts'
export { defineConfig } from './defineConfig.ts'
