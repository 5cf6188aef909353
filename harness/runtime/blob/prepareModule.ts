import { concatBytes } from '../../base/bytes.ts'
import { DrydockError } from '../../base/errors.ts'
import { countingCode } from './countInstructions.ts'
import { encodeLeb, encodeName, replaceSections, sectionEntries } from './replaceSections.ts'
import type { RuntimeBlob } from './runtimeBlob.ts'
import type { WasmReader } from './wasmReader.ts'
import { readWasmSections, SECTION_ID, sectionReader } from './wasmSections.ts'

export interface PrepareModuleOptions {
  /** Pages of 64 KiB on top of the module's own minimum. */
  readonly extraPages: number
  /** The most pages that the memory may ever have, at most 65536. */
  readonly maximumPages: number
  /** Rewrite the code so that it counts the instructions that it executes: `countingCode`. Default: no. */
  readonly countsInstructions?: boolean
}

export interface PreparedModule {
  /** Shares no bytes with the blob unless nothing had to change. */
  readonly wasm: Uint8Array
  /** What the memory has to be. */
  readonly memory: { readonly minPages: number; readonly maxPages: number }
  /** Under which names the module imports its memory. */
  readonly memoryImport: { readonly module: string; readonly name: string }
  /** Export names of all mutable globals, for snapshot and restore (i64 ones are `bigint` to JavaScript). */
  readonly stackGlobals: readonly string[]
  /** Export name of the i64 global that counts instructions; null when none are counted. */
  readonly instructionsGlobal: string | null
}

const GLOBAL_PREFIX = '__drydock_global_'
const INSTRUCTIONS_GLOBAL = '__drydock_instructions'
const OWN_MEMORY_IMPORT = { module: 'env', name: 'memory' }
const KIND_FUNCTION = 0
const KIND_TABLE = 1
const KIND_MEMORY = 2
const EXPORT_KIND_GLOBAL = 3
/** `(mut i64) (i64.const 0)`. */
const MUTABLE_I64_ZERO = new Uint8Array([0x7e, 1, 0x42, 0, 0x0b])

/**
 * Makes a runtime ready for V8: exports every mutable global as `__drydock_global_<index>`, and turns the module's own
 * memory into an import, so that host functions in wasm can share it. Only the import, memory and export sections are
 * written anew; function indices, code, names and everything else stay byte for byte, so offsets in stack traces move by a
 * constant. Counting instructions adds a global and changes the code, and with it those offsets.
 *
 * Errors: `BLOB_TOO_LARGE` when the module needs more than `maximumPages`; `BLOB_UNSUPPORTED` when it has an export of
 * our names that is something else.
 */
export function prepareModule(blob: RuntimeBlob, options: PrepareModuleOptions): PreparedModule {
  const memory = memoryFor(blob, options)
  const counted = options.countsInstructions === true ? countedGlobal(blob) : null
  const additions = exportsToAdd(blob, counted)
  const replaced = new Map<number, Uint8Array | null>()
  if (additions.length > 0) replaced.set(SECTION_ID.export, exportSection(blob, additions))
  if (blob.memory.source === 'own') {
    replaced.set(SECTION_ID.memory, null)
    replaced.set(SECTION_ID.import, importSection(blob, memory))
  } else if (blob.memory.maxPages !== null) {
    replaced.set(SECTION_ID.import, importSectionWithoutMaximum(blob))
  }
  if (counted !== null) {
    replaced.set(SECTION_ID.global, globalSection(blob))
    const code = countingCode(blob, counted.index)
    if (code !== null) replaced.set(SECTION_ID.code, code)
  }
  return {
    wasm: replaced.size === 0 ? blob.wasm : replaceSections(blob.wasm, replaced),
    memory,
    memoryImport: blob.imports.find((one) => one.kind === 'memory') ?? OWN_MEMORY_IMPORT,
    stackGlobals: blob.mutableGlobals.map((global) => globalName(global.index)),
    instructionsGlobal: counted?.name ?? null,
  }
}

function memoryFor(blob: RuntimeBlob, options: PrepareModuleOptions): PreparedModule['memory'] {
  const maxPages = Math.min(options.maximumPages, 65_536)
  if (blob.memory.minPages <= maxPages) {
    return { minPages: Math.min(blob.memory.minPages + options.extraPages, maxPages), maxPages }
  }
  throw new DrydockError(
    `runtime needs too much memory: at least ${blob.memory.minPages} pages of 64 KiB, limit ${maxPages}`,
    {
      code: 'BLOB_TOO_LARGE',
      kind: 'usage',
      hints: ['Raise the limit of pages, or shrink the static data of the runtime.'],
      details: { minPages: blob.memory.minPages, maxPages },
    },
  )
}

interface ExportEntry {
  readonly name: string
  readonly kind: number
  readonly index: number
}

function exportsToAdd(blob: RuntimeBlob, counted: ExportEntry | null): readonly ExportEntry[] {
  const wanted: ExportEntry[] = blob.mutableGlobals.map(({ index }) => ({
    name: globalName(index),
    kind: EXPORT_KIND_GLOBAL,
    index,
  }))
  if (counted !== null) wanted.push(counted)
  const taken = new Set(blob.exports.map((one) => one.name))
  const clash = wanted.find((one) => taken.has(one.name))
  if (clash !== undefined) throw nameClash(clash.name)
  return wanted
}

/** After all globals that are there. */
function countedGlobal(blob: RuntimeBlob): ExportEntry {
  const imported = blob.imports.filter(({ kind }) => kind === 'global').length
  return { name: INSTRUCTIONS_GLOBAL, kind: EXPORT_KIND_GLOBAL, index: imported + ownGlobalCount(blob) }
}

function ownGlobalCount(blob: RuntimeBlob): number {
  const section = readWasmSections(blob.wasm).find((one) => one.id === SECTION_ID.global)
  return section === undefined ? 0 : sectionReader(blob.wasm, section).u32('the number of globals')
}

function globalSection(blob: RuntimeBlob): Uint8Array {
  return concatBytes(
    encodeLeb(ownGlobalCount(blob) + 1),
    sectionEntries(blob.wasm, SECTION_ID.global),
    MUTABLE_I64_ZERO,
  )
}

function nameClash(name: string): DrydockError {
  return new DrydockError(`unsupported wasm: the export ${name} is in the way`, {
    code: 'BLOB_UNSUPPORTED',
    kind: 'usage',
    hints: ['Rename the export; names that start with `__drydock_` are needed to run the module.'],
    details: { name },
  })
}

function exportSection(blob: RuntimeBlob, additions: readonly ExportEntry[]): Uint8Array {
  return concatBytes(
    encodeLeb(blob.exports.length + additions.length),
    sectionEntries(blob.wasm, SECTION_ID.export),
    ...additions.map(({ name, kind, index }) => {
      return concatBytes(encodeName(name), new Uint8Array([kind]), encodeLeb(index))
    }),
  )
}

function importSection(blob: RuntimeBlob, { minPages, maxPages }: PreparedModule['memory']): Uint8Array {
  return concatBytes(
    encodeLeb(blob.imports.length + 1),
    sectionEntries(blob.wasm, SECTION_ID.import),
    encodeName(OWN_MEMORY_IMPORT.module),
    encodeName(OWN_MEMORY_IMPORT.name),
    new Uint8Array([KIND_MEMORY, 1]),
    encodeLeb(minPages),
    encodeLeb(maxPages),
  )
}

/** A node drops the maximum that an imported memory declares; a larger memory would not link with it. */
function importSectionWithoutMaximum(blob: RuntimeBlob): Uint8Array {
  const section = readWasmSections(blob.wasm).find((one) => one.id === SECTION_ID.import)
  if (section === undefined) return new Uint8Array([0])
  const reader = sectionReader(blob.wasm, section)
  reader.u32('the number of imports')
  for (;;) {
    reader.view('a module')
    reader.view('a name')
    const kind = reader.byte('a kind')
    if (kind === KIND_MEMORY) break
    if (kind === KIND_TABLE) reader.byte('a table type')
    if (kind === KIND_FUNCTION) reader.u32('a type')
    else if (kind === KIND_TABLE) skipLimits(reader)
    else reader.skip(2, 'a global type')
  }
  const start = reader.offset
  skipLimits(reader)
  return concatBytes(
    blob.wasm.subarray(section.contentStart, start),
    new Uint8Array([0]),
    encodeLeb(blob.memory.minPages),
    blob.wasm.subarray(reader.offset, section.end),
  )
}

function skipLimits(reader: WasmReader): void {
  const hasMaximum = reader.byte('limits') === 1
  reader.u32('a minimum')
  if (hasMaximum) reader.u32('a maximum')
}

function globalName(index: number): string {
  return `${GLOBAL_PREFIX}${index}`
}
