/** The runtime as a file: what it is, what it says of itself, and the module that V8 gets. */
export { CODE_BLOB_BOMB_LIMIT, type RuntimeCompression } from './decompressRuntime.ts'
export { type FloatUse, findFloatInstructions } from './findFloatInstructions.ts'
export { type PreparedModule, type PrepareModuleOptions, prepareModule } from './prepareModule.ts'
export { reachableFunctions } from './reachableFunctions.ts'
export { readRuntimeBytes } from './readRuntimeFile.ts'
export {
  type CustomSection,
  type ParseRuntimeBlobOptions,
  parseRuntimeBlob,
  type RuntimeBlob,
} from './runtimeBlob.ts'
export { type CodeProposal, type FunctionFacts, walkFunctions } from './walkFunctions.ts'
export type {
  WasmExport,
  WasmExternKind,
  WasmImport,
  WasmMemory,
  WasmMutableGlobal,
  WasmValueType,
} from './wasmModule.ts'
