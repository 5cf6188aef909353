import { createHash } from 'node:crypto'
import { blake2b } from '@noble/hashes/blake2.js'
import { bytesToHex } from '../../base/bytes.ts'
import type { RuntimeVersion } from '../../codec/runtimeVersion.ts'
import { CODE_BLOB_BOMB_LIMIT, decompressRuntime, type RuntimeCompression } from './decompressRuntime.ts'
import { readEmbeddedVersion } from './embeddedVersion.ts'
import { type FunctionNames, readFunctionNames } from './functionNames.ts'
import {
  readWasmModule,
  type WasmExport,
  type WasmImport,
  type WasmMemory,
  type WasmModule,
  type WasmMutableGlobal,
} from './wasmModule.ts'
import { SECTION_ID } from './wasmSections.ts'

export interface CustomSection {
  readonly name: string
  /** Of the content, without the name. */
  readonly size: number
}

/** A runtime, and everything that can be said of it without running it. Immutable: do not write to its bytes. */
export interface RuntimeBlob {
  /** The bytes as they would go on chain. */
  readonly submitted: Uint8Array
  /** The module, decompressed. */
  readonly wasm: Uint8Array
  readonly compression: RuntimeCompression
  /** blake2b-256 of `submitted`, hex: what `authorize_upgrade` takes. Computed when first asked for. */
  readonly submittedHash: string
  /** blake2b-256 of `wasm`, hex. Computed when first asked for. */
  readonly wasmHash: string
  /** SHA-256 of `submitted`, hex: what build logs and `srtool` show. Computed when first asked for. */
  readonly sha256: string
  /** From the custom sections; null when there are none, then `Core_version` has to be run. */
  readonly version: RuntimeVersion | null
  /** Layout of the state trie, from `version`; null without a version. */
  readonly stateVersion: 0 | 1 | null
  readonly imports: readonly WasmImport[]
  readonly exports: readonly WasmExport[]
  readonly memory: WasmMemory
  /** Where the stack and static data end and the heap begins; null without an exported `__heap_base`. */
  readonly heapBase: number | null
  /** First byte of static data; 0 when there is none. */
  readonly dataStart: number
  /** One past the last byte of static data; 0 when there is none. */
  readonly dataEnd: number
  /** The mutable globals that the module defines (usually one, the stack pointer). */
  readonly mutableGlobals: readonly WasmMutableGlobal[]
  /** Functions that come from the node; they take the first indices. */
  readonly importedFunctionCount: number
  /** Functions with a body in the module. */
  readonly functionCount: number
  /** Bytes of code. */
  readonly codeSize: number
  readonly customSections: readonly CustomSection[]
  readonly hasNameSection: boolean
  /** WebAssembly proposals used that a node has switched off; seen in everything but the code. */
  readonly proposals: readonly string[]
  /** The linker's (mangled) name of a function; null when the module does not say. The names are read on first use. */
  functionName(index: number): string | null
  /** Content of the first custom section of that name; null when there is none. */
  customSection(name: string): Uint8Array | null
}

export interface ParseRuntimeBlobOptions {
  /** Largest size before and after decompression, in bytes. Default: 50 MiB, as in a node. */
  readonly limitBytes?: number
}

/**
 * Reads a runtime as it would be submitted: wasm, or wasm compressed with zstd behind Substrate's prefix.
 *
 * It checks the structure that later steps rely on, not the code: that is left to `WebAssembly.validate`. Cost is linear
 * in the size, whatever the bytes claim.
 *
 * Errors: `DrydockError` of kind `usage`: `BLOB_EMPTY`, `BLOB_NOT_WASM`, `BLOB_TOO_LARGE`, `BLOB_BOMB`, `BLOB_TRUNCATED`,
 * `BLOB_MALFORMED`, `BLOB_UNSUPPORTED`.
 */
export function parseRuntimeBlob(submitted: Uint8Array, options: ParseRuntimeBlobOptions = {}): RuntimeBlob {
  const { wasm, compression } = decompressRuntime(submitted, options.limitBytes ?? CODE_BLOB_BOMB_LIMIT)
  return new ParsedBlob({ submitted, wasm, compression, module: readWasmModule(wasm) })
}

interface BlobParts {
  readonly submitted: Uint8Array
  readonly wasm: Uint8Array
  readonly compression: RuntimeCompression
  readonly module: WasmModule
}

class ParsedBlob implements RuntimeBlob {
  readonly submitted: Uint8Array
  readonly wasm: Uint8Array
  readonly compression: RuntimeCompression
  readonly version: RuntimeVersion | null
  readonly stateVersion: 0 | 1 | null
  readonly imports: readonly WasmImport[]
  readonly exports: readonly WasmExport[]
  readonly memory: WasmMemory
  readonly heapBase: number | null
  readonly dataStart: number
  readonly dataEnd: number
  readonly mutableGlobals: readonly WasmMutableGlobal[]
  readonly importedFunctionCount: number
  readonly functionCount: number
  readonly codeSize: number
  readonly customSections: readonly CustomSection[]
  readonly hasNameSection: boolean
  readonly proposals: readonly string[]
  readonly #module: WasmModule
  #submittedHash: string | null = null
  #wasmHash: string | null = null
  #sha256: string | null = null
  #names: FunctionNames | null = null

  constructor({ submitted, wasm, compression, module }: BlobParts) {
    this.submitted = submitted
    this.wasm = wasm
    this.compression = compression
    this.#module = module
    this.imports = module.imports
    this.exports = module.exports
    this.memory = module.memory
    this.heapBase = module.heapBase
    this.dataStart = module.dataStart
    this.dataEnd = module.dataEnd
    this.mutableGlobals = module.mutableGlobals
    this.importedFunctionCount = module.importedFunctionCount
    this.functionCount = module.functionCount
    this.codeSize = module.codeSize
    this.proposals = module.proposals
    this.customSections = module.sections
      .filter((section) => section.id === SECTION_ID.custom)
      .map(({ name, contentStart, end }) => ({ name, size: end - contentStart }))
    this.hasNameSection = this.customSection('name') !== null
    const version = this.customSection('runtime_version')
    this.version = version === null ? null : readEmbeddedVersion(version, this.customSection('runtime_apis'))
    this.stateVersion = this.version === null ? null : this.version.systemVersion === 0 ? 0 : 1
  }

  get submittedHash(): string {
    this.#submittedHash ??= blake2Hex(this.submitted)
    return this.#submittedHash
  }

  get wasmHash(): string {
    if (this.wasm === this.submitted) return this.submittedHash
    this.#wasmHash ??= blake2Hex(this.wasm)
    return this.#wasmHash
  }

  get sha256(): string {
    this.#sha256 ??= `0x${createHash('sha256').update(this.submitted).digest('hex')}`
    return this.#sha256
  }

  functionName(index: number): string | null {
    this.#names ??= readFunctionNames(this.customSection('name') ?? new Uint8Array())
    return this.#names.get(index) ?? null
  }

  customSection(name: string): Uint8Array | null {
    const section = this.#module.sections.find((one) => one.id === SECTION_ID.custom && one.name === name)
    return section === undefined ? null : this.wasm.subarray(section.contentStart, section.end)
  }
}

function blake2Hex(bytes: Uint8Array): string {
  return bytesToHex(blake2b(bytes, { dkLen: 32 }))
}
