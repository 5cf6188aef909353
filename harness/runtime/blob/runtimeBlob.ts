import { createHash } from 'node:crypto'
import { blake2b } from '@noble/hashes/blake2.js'
import { bytesToHex } from '../../base/bytes.ts'
import type { RuntimeVersion } from '../../codec/runtimeVersion.ts'
import { CODE_BLOB_BOMB_LIMIT, decompressRuntime, type RuntimeCompression } from './decompressRuntime.ts'
import { readEmbeddedVersion } from './embeddedVersion.ts'
import { readFunctionNames } from './functionNames.ts'
import { readWasmModule, type WasmFacts } from './wasmModule.ts'
import { SECTION_ID } from './wasmSections.ts'

export interface CustomSection {
  readonly name: string
  /** Of the content, without the name. */
  readonly size: number
}

/** A runtime, and everything that can be said of it without running it. Immutable: do not write to its bytes. */
export interface RuntimeBlob extends WasmFacts {
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
  readonly customSections: readonly CustomSection[]
  readonly hasNameSection: boolean
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
  const { facts, sections } = readWasmModule(wasm)
  const custom = sections.filter(({ id }) => id === SECTION_ID.custom)
  const customSection = (name: string): Uint8Array | null => {
    const section = custom.find((one) => one.name === name)
    return section === undefined ? null : wasm.subarray(section.contentStart, section.end)
  }
  const embedded = customSection('runtime_version')
  const version = embedded === null ? null : readEmbeddedVersion(embedded, customSection('runtime_apis'))
  const names = lazy(() => readFunctionNames(customSection('name') ?? new Uint8Array()))
  const submittedHash = lazy(() => blake2Hex(submitted))
  const wasmHash = wasm === submitted ? submittedHash : lazy(() => blake2Hex(wasm))
  const sha256 = lazy(() => `0x${createHash('sha256').update(submitted).digest('hex')}`)
  return {
    ...facts,
    submitted,
    wasm,
    compression,
    version,
    stateVersion: version === null ? null : version.systemVersion === 0 ? 0 : 1,
    customSections: custom.map(({ name, contentStart, end }) => ({ name, size: end - contentStart })),
    hasNameSection: customSection('name') !== null,
    customSection,
    functionName: (index) => names().get(index) ?? null,
    get submittedHash() {
      return submittedHash()
    },
    get wasmHash() {
      return wasmHash()
    },
    get sha256() {
      return sha256()
    },
  }
}

/** `make`, called once, when its value is first asked for. */
function lazy<T>(make: () => T): () => T {
  let made: { readonly value: T } | null = null
  return () => {
    made ??= { value: make() }
    return made.value
  }
}

function blake2Hex(bytes: Uint8Array): string {
  return bytesToHex(blake2b(bytes, { dkLen: 32 }))
}
