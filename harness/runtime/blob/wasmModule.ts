import {
  type Limits,
  MVP_HINT,
  readConstantExpression,
  readLimits,
  readMemoryLimits,
  readMutability,
  unsupportedWasm,
} from './wasmParts.ts'
import type { WasmReader } from './wasmReader.ts'
import { readWasmSections, SECTION_ID, sectionReader, type WasmSection } from './wasmSections.ts'

export type WasmValueType = 'i32' | 'i64' | 'f32' | 'f64' | 'v128' | 'funcref' | 'externref'
export type WasmExternKind = 'function' | 'table' | 'memory' | 'global'

export interface WasmImport {
  readonly module: string
  readonly name: string
  readonly kind: WasmExternKind
  /** Of functions. */
  readonly params?: readonly WasmValueType[]
  /** Of functions. */
  readonly results?: readonly WasmValueType[]
}

export interface WasmExport {
  readonly name: string
  readonly kind: WasmExternKind
  /** In the index space of its kind, imports first. */
  readonly index: number
}

/** The one linear memory. Sizes are in pages of 64 KiB. */
export interface WasmMemory {
  readonly source: 'import' | 'own'
  /** Field name of the import or name of the export; null for a memory that is not exported. */
  readonly name: string | null
  readonly minPages: number
  /** Null when the module sets no maximum. */
  readonly maxPages: number | null
}

export interface WasmMutableGlobal {
  /** In the global index space, imports first. */
  readonly index: number
  readonly type: WasmValueType
  readonly exportName: string | null
}

/** What a module says of itself without its code. */
/** What a module says of itself. */
export interface WasmFacts {
  readonly imports: readonly WasmImport[]
  readonly exports: readonly WasmExport[]
  readonly memory: WasmMemory
  /** Where the stack and static data end and the heap begins: the exported i32 global `__heap_base`; null without one. */
  readonly heapBase: number | null
  /** First byte of the active data segments; 0 when there are none. */
  readonly dataStart: number
  /** One past the last byte of the active data segments; 0 when there are none. */
  readonly dataEnd: number
  /** The mutable globals that the module defines (usually one, the stack pointer). */
  readonly mutableGlobals: readonly WasmMutableGlobal[]
  /** Functions that come from the node; they take the first indices. */
  readonly importedFunctionCount: number
  /** Functions with a body in the module. */
  readonly functionCount: number
  /** Bytes of the code section. */
  readonly codeSize: number
  /** Proposals that the module uses outside of its code and that a Substrate node has switched off. */
  readonly proposals: readonly string[]
}

export interface WasmModule {
  readonly sections: readonly WasmSection[]
  readonly facts: WasmFacts
}

const VALUE_TYPES: ReadonlyMap<number, WasmValueType> = new Map([
  [0x7f, 'i32'],
  [0x7e, 'i64'],
  [0x7d, 'f32'],
  [0x7c, 'f64'],
  [0x7b, 'v128'],
  [0x70, 'funcref'],
  [0x6f, 'externref'],
])

const EXTERN_KINDS: readonly WasmExternKind[] = ['function', 'table', 'memory', 'global']

interface FunctionType {
  readonly params: readonly WasmValueType[]
  readonly results: readonly WasmValueType[]
}

interface Global {
  readonly index: number
  readonly type: WasmValueType
  readonly mutable: boolean
  /** Null when it is not a plain `i32.const`. */
  readonly initial: number | null
}

interface Draft {
  readonly wasm: Uint8Array
  readonly types: FunctionType[]
  readonly imports: WasmImport[]
  readonly exports: WasmExport[]
  readonly memories: (Limits & { readonly source: 'import' | 'own'; readonly importName: string | null })[]
  readonly globals: Global[]
  readonly proposals: Set<string>
  importedGlobalCount: number
  functionCount: number
  codeSize: number
  dataStart: number
  dataEnd: number
}

/**
 * Reads everything but code, tables and elements. Errors: `BLOB_MALFORMED`, `BLOB_TRUNCATED`, and `BLOB_UNSUPPORTED` for
 * what a Substrate runtime may not have. That the code is valid is left to `WebAssembly.validate`.
 */
export function readWasmModule(wasm: Uint8Array): WasmModule {
  const draft: Draft = {
    wasm,
    types: [],
    imports: [],
    exports: [],
    memories: [],
    globals: [],
    proposals: new Set(),
    importedGlobalCount: 0,
    functionCount: 0,
    codeSize: 0,
    dataStart: Number.POSITIVE_INFINITY,
    dataEnd: 0,
  }
  const sections = readWasmSections(wasm)
  for (const section of sections) readSectionInto(draft, section)
  const facts: WasmFacts = {
    imports: draft.imports,
    exports: draft.exports,
    memory: theMemory(draft),
    heapBase: heapBaseOf(draft),
    dataStart: draft.dataEnd === 0 ? 0 : draft.dataStart,
    dataEnd: draft.dataEnd,
    mutableGlobals: mutableGlobalsOf(draft),
    importedFunctionCount: draft.imports.filter((one) => one.kind === 'function').length,
    functionCount: draft.functionCount,
    codeSize: draft.codeSize,
    proposals: [...draft.proposals],
  }
  return { sections, facts }
}

function readSectionInto(draft: Draft, section: WasmSection): void {
  const reader = sectionReader(draft.wasm, section)
  if (section.id === SECTION_ID.type) readTypes(draft, reader)
  else if (section.id === SECTION_ID.import) readImports(draft, reader)
  else if (section.id === SECTION_ID.function) draft.functionCount = reader.count('functions', 1)
  else if (section.id === SECTION_ID.memory) readMemories(draft, reader)
  else if (section.id === SECTION_ID.global) readGlobals(draft, reader)
  else if (section.id === SECTION_ID.export) readExports(draft, reader)
  else if (section.id === SECTION_ID.code) draft.codeSize = section.end - section.contentStart
  else if (section.id === SECTION_ID.data) readData(draft, reader)
  else if (section.id === SECTION_ID.dataCount) draft.proposals.add('bulk-memory')
  else if (section.id === SECTION_ID.start) {
    throw unsupportedWasm(
      'a start function',
      'Substrate calls exports only; a start function would run unseen.',
    )
  } else if (section.id === SECTION_ID.tag) throw unsupportedWasm('exception handling', MVP_HINT)
}

function readTypes(draft: Draft, reader: WasmReader): void {
  const count = reader.count('types', 3, 10_000)
  for (let i = 0; i < count; i++) {
    const form = reader.byte('a type')
    if ([0x4e, 0x4f, 0x50, 0x5e, 0x5f].includes(form))
      throw unsupportedWasm('garbage-collected types', MVP_HINT)
    if (form !== 0x60) throw reader.malformed(`has a type of unknown form 0x${form.toString(16)}`)
    const params = readValueTypes(draft, reader)
    const results = readValueTypes(draft, reader)
    if (results.length > 1) draft.proposals.add('multi-value')
    draft.types.push({ params, results })
  }
}

function readValueTypes(draft: Draft, reader: WasmReader): readonly WasmValueType[] {
  const count = reader.count('value types', 1, 1000)
  const types: WasmValueType[] = []
  for (let i = 0; i < count; i++) types.push(readValueType(draft, reader))
  return types
}

function readValueType(draft: Draft, reader: WasmReader): WasmValueType {
  const byte = reader.byte('a value type')
  const type = VALUE_TYPES.get(byte)
  if (type === undefined) throw reader.malformed(`has an unknown value type 0x${byte.toString(16)}`)
  if (type === 'v128') throw unsupportedWasm('SIMD', MVP_HINT)
  if (type === 'funcref' || type === 'externref') draft.proposals.add('reference-types')
  return type
}

function readImports(draft: Draft, reader: WasmReader): void {
  const count = reader.count('imports', 4, 100_000)
  for (let i = 0; i < count; i++) {
    const module = reader.name('the module of an import')
    const name = reader.name('the name of an import')
    const kind = readExternKind(reader)
    if (kind !== 'function') {
      draft.imports.push({ module, name, kind })
      readImportedThing(draft, reader, { kind, name })
      continue
    }
    const type = draft.types[reader.u32('the type of an import')]
    if (type === undefined)
      throw reader.malformed(`imports ${module}.${name} with a type that does not exist`)
    draft.imports.push({ module, name, kind, params: type.params, results: type.results })
  }
}

function readImportedThing(
  draft: Draft,
  reader: WasmReader,
  thing: { readonly kind: WasmExternKind; readonly name: string },
): void {
  if (thing.kind === 'memory') {
    draft.memories.push({ ...readMemoryLimits(reader), source: 'import', importName: thing.name })
  } else if (thing.kind === 'table') {
    reader.byte('a table type')
    readLimits(reader, 'table')
  } else {
    const type = readValueType(draft, reader)
    const mutable = readMutability(reader)
    draft.globals.push({ index: draft.globals.length, type, mutable, initial: null })
    draft.importedGlobalCount++
  }
}

function readExternKind(reader: WasmReader): WasmExternKind {
  const byte = reader.byte('a kind')
  const kind = EXTERN_KINDS[byte]
  if (kind === undefined) throw reader.malformed(`has an unknown kind 0x${byte.toString(16)}`)
  return kind
}

function readMemories(draft: Draft, reader: WasmReader): void {
  const count = reader.count('memories', 2)
  for (let i = 0; i < count; i++) {
    draft.memories.push({ ...readMemoryLimits(reader), source: 'own', importName: null })
  }
}

function readGlobals(draft: Draft, reader: WasmReader): void {
  const count = reader.count('globals', 4, 100_000)
  for (let i = 0; i < count; i++) {
    const type = readValueType(draft, reader)
    const mutable = readMutability(reader)
    const initial = readConstantExpression(reader)
    draft.globals.push({ index: draft.globals.length, type, mutable, initial })
  }
}

function readExports(draft: Draft, reader: WasmReader): void {
  const count = reader.count('exports', 3, 100_000)
  for (let i = 0; i < count; i++) {
    const name = reader.name('the name of an export')
    const kind = readExternKind(reader)
    draft.exports.push({ name, kind, index: reader.u32('the index of an export') })
  }
}

function readData(draft: Draft, reader: WasmReader): void {
  const count = reader.count('data segments', 2, 100_000)
  for (let i = 0; i < count; i++) {
    const flags = reader.u32('the kind of a data segment')
    if (flags > 2) throw reader.malformed(`has a data segment of unknown kind ${flags}`)
    if (flags === 2) reader.u32('the memory of a data segment')
    if (flags === 1) {
      draft.proposals.add('bulk-memory')
      reader.view('a data segment')
      continue
    }
    const start = readConstantExpression(reader)
    if (start === null) {
      throw unsupportedWasm(
        'a data segment at an offset that is not a constant',
        'Link the runtime as a fixed-address module.',
      )
    }
    const { length } = reader.view('a data segment')
    if (length === 0) continue
    draft.dataStart = Math.min(draft.dataStart, start >>> 0)
    draft.dataEnd = Math.max(draft.dataEnd, (start >>> 0) + length)
  }
}

function theMemory(draft: Draft): WasmMemory {
  if (draft.memories.length > 1)
    throw unsupportedWasm(`${draft.memories.length} memories (multi-memory)`, MVP_HINT)
  const memory = draft.memories[0]
  if (memory === undefined) {
    throw unsupportedWasm(
      'no memory',
      'A runtime imports `env.memory` or exports `memory`; this module is not a runtime.',
    )
  }
  const exported = draft.exports.find((one) => one.kind === 'memory')
  return {
    source: memory.source,
    name: memory.importName ?? exported?.name ?? null,
    minPages: memory.min,
    maxPages: memory.max,
  }
}

function heapBaseOf(draft: Draft): number | null {
  const exported = draft.exports.find((one) => one.kind === 'global' && one.name === '__heap_base')
  if (exported === undefined) return null
  const global = draft.globals[exported.index]
  return global?.type === 'i32' && global.initial !== null ? global.initial >>> 0 : null
}

function mutableGlobalsOf(draft: Draft): readonly WasmMutableGlobal[] {
  const names = new Map<number, string>()
  for (const one of draft.exports) {
    if (one.kind === 'global' && !names.has(one.index)) names.set(one.index, one.name)
  }
  return draft.globals
    .slice(draft.importedGlobalCount)
    .filter((global) => global.mutable)
    .map(({ index, type }) => ({ index, type, exportName: names.get(index) ?? null }))
}
