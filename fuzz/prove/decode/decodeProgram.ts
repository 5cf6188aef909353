import { type FunctionNames, readFunctionNames } from '../../../harness/runtime/blob/functionNames.ts'
import { WasmReader } from '../../../harness/runtime/blob/wasmReader.ts'
import { readWasmSections, SECTION_ID, type WasmSection } from '../../../harness/runtime/blob/wasmSections.ts'
import { demangle } from '../../../harness/runtime/panic/demangle.ts'
import { decodeInstructions, readI64, readWidth } from './decodeBody.ts'
import { createNumericOps } from './numericOps.ts'
import type { DataSegment, FunctionType, Program, ProgramFunction, ProgramGlobal, Width } from './program.ts'
import { unsupportedModule } from './unsupportedModule.ts'

const TABLE_SECTION = 4
const ELEMENT_SECTION = 9
const MAX_BYTES = 1 << 20
const MAX_LOCALS = 50_000
const MAX_TABLE = 100_000
const EXPORT_FUNCTION = 0

/** What the sections say before they are put together. */
interface Draft {
  types: FunctionType[]
  typeOfFunction: number[]
  memory: { minPages: number; maxPages: number } | null
  globals: ProgramGlobal[]
  exports: Map<string, number>
  start: number | null
  table: Map<number, number>
  functions: ProgramFunction[]
  data: DataSegment[]
  names: FunctionNames
}

/**
 * Decodes a module for judgement. Errors: `PROVE_UNSUPPORTED` names what the prover can't take (imports, floats, more than
 * 1 MiB, no memory) with its byte offset; `PROVE_INVALID` when V8 refuses the module; `BLOB_MALFORMED` for damaged bytes.
 */
export function decodeProgram(bytes: Uint8Array): Program {
  if (bytes.length > MAX_BYTES)
    throw unsupportedModule(`it has ${bytes.length} bytes, limit ${MAX_BYTES}`, null)
  const draft = emptyDraft()
  const context = { types: draft.types, numericOps: createNumericOps() }
  for (const section of readWasmSections(bytes)) readSection(new SectionInput(bytes, section), draft, context)
  // SAFETY: TypeScript's DOM-free BufferSource wants an ArrayBuffer; bytes of a file never lie in shared memory.
  if (!WebAssembly.validate(bytes as Uint8Array<ArrayBuffer>))
    throw unsupportedModule('V8 finds it invalid', null)
  if (draft.memory === null) throw unsupportedModule('it defines no memory', null)
  const functions = draft.functions.map((one) => ({ ...one, name: nameOf(draft, one.index) }))
  const { globals, memory, data, table, exports, start } = draft
  return { functions, globals, memory, data, table, exports, start }
}

function emptyDraft(): Draft {
  return {
    types: [],
    typeOfFunction: [],
    memory: null,
    globals: [],
    exports: new Map(),
    start: null,
    table: new Map(),
    functions: [],
    data: [],
    names: new Map(),
  }
}

class SectionInput {
  readonly reader: WasmReader
  readonly section: WasmSection

  constructor(bytes: Uint8Array, section: WasmSection) {
    this.section = section
    this.reader = new WasmReader(bytes, section.contentStart, { end: section.end, section: section.name })
  }
}

type Context = Parameters<typeof decodeInstructions>[1]

function readSection({ reader, section }: SectionInput, draft: Draft, context: Context): void {
  switch (section.id) {
    case SECTION_ID.custom:
      if (section.name === 'name')
        draft.names = readFunctionNames(reader.bytes.subarray(section.contentStart, section.end))
      return
    case SECTION_ID.type:
      each(reader, 'types', () => draft.types.push(readFunctionType(reader)))
      return
    case SECTION_ID.import:
      if (reader.u32('a count') > 0) throw unsupportedModule('it imports', section.contentStart)
      return
    case SECTION_ID.function:
      each(reader, 'functions', () => draft.typeOfFunction.push(reader.u32('a type')))
      return
    case TABLE_SECTION:
      if (reader.u32('a count') > 1)
        throw unsupportedModule('it has more than one table', section.contentStart)
      return
    case SECTION_ID.memory:
      draft.memory = readMemory(reader)
      return
    case SECTION_ID.global:
      each(reader, 'globals', () => draft.globals.push(readGlobal(reader, draft)))
      return
    case SECTION_ID.export:
      each(reader, 'exports', () => readExport(reader, draft))
      return
    case SECTION_ID.start:
      draft.start = reader.u32('a function')
      return
    case ELEMENT_SECTION:
      each(reader, 'elements', () => readElements(reader, draft))
      return
    case SECTION_ID.code:
      each(reader, 'bodies', (index) => draft.functions.push(readBody(reader, draft, { index, context })))
      return
    case SECTION_ID.data:
      each(reader, 'data', () => draft.data.push(readData(reader, draft)))
      return
    case SECTION_ID.dataCount:
      return
    default:
      throw unsupportedModule(`it has a section ${section.name}`, section.start)
  }
}

function each(reader: WasmReader, what: string, read: (index: number) => void): void {
  const count = reader.count(what, 1)
  for (let i = 0; i < count; i++) read(i)
}

function readFunctionType(reader: WasmReader): FunctionType {
  if (reader.byte('a type') !== 0x60)
    throw unsupportedModule('it has a type that is no function', reader.offset)
  const list = (what: string): Width[] =>
    Array.from({ length: reader.count(what, 1) }, () => readWidth(reader))
  return { parameters: list('parameters'), results: list('results') }
}

function readMemory(reader: WasmReader): Draft['memory'] {
  const count = reader.u32('a count')
  if (count === 0) return null
  if (count > 1) throw unsupportedModule('it has more than one memory', reader.offset)
  const flags = reader.byte('limits')
  if (flags > 1) throw unsupportedModule('its memory is shared or of 64 bits', reader.offset)
  const minPages = reader.u32('a minimum')
  return { minPages, maxPages: flags === 1 ? reader.u32('a maximum') : 65_536 }
}

function readGlobal(reader: WasmReader, draft: Draft): ProgramGlobal {
  const width = readWidth(reader)
  reader.byte('a mutability')
  return { width, initial: readConstant(reader, draft) }
}

/** A constant expression: one constant, or the first value of another global. */
function readConstant(reader: WasmReader, draft: Draft): number | bigint {
  const at = reader.offset
  const opcode = reader.byte('a constant')
  let value: number | bigint
  if (opcode === 0x41) value = reader.signed('a constant', 32) >>> 0
  else if (opcode === 0x42) value = readI64(reader)
  else if (opcode === 0x23) value = draft.globals[reader.u32('a global')]?.initial ?? 0
  else throw unsupportedModule('it has a constant of another kind', at)
  if (reader.byte('an end') !== 0x0b) throw unsupportedModule('it has a computed constant', at)
  return value
}

function readExport(reader: WasmReader, draft: Draft): void {
  const name = reader.name('an export')
  const kind = reader.byte('a kind')
  const index = reader.u32('an index')
  if (kind === EXPORT_FUNCTION) draft.exports.set(name, index)
}

function readElements(reader: WasmReader, draft: Draft): void {
  const at = reader.offset
  if (reader.u32('flags') !== 0) throw unsupportedModule('it has elements of another kind', at)
  const offset = Number(readConstant(reader, draft))
  const count = reader.count('elements', 1, MAX_TABLE)
  for (let i = 0; i < count; i++) draft.table.set(offset + i, reader.u32('a function'))
}

function readBody(
  reader: WasmReader,
  draft: Draft,
  { index, context }: { readonly index: number; readonly context: Context },
): ProgramFunction {
  const size = reader.u32('a size')
  const start = reader.offset
  reader.skip(size, 'a body')
  const body = new WasmReader(reader.bytes, start, { end: start + size, section: 'code' })
  const locals: Width[] = []
  each(body, 'groups of locals', () => {
    const count = body.u32('a number of locals')
    if (locals.length + count > MAX_LOCALS) throw unsupportedModule('it has too many locals', body.offset)
    const width = readWidth(body)
    for (let i = 0; i < count; i++) locals.push(width)
  })
  const type = draft.types[draft.typeOfFunction[index] ?? -1]
  if (type === undefined) throw reader.malformed('has a body without a type')
  const code = decodeInstructions(body, context)
  return { index, name: '', type, locals, code, start, end: start + size }
}

function readData(reader: WasmReader, draft: Draft): DataSegment {
  const at = reader.offset
  if (reader.u32('flags') !== 0) throw unsupportedModule('it has passive data', at)
  const offset = Number(readConstant(reader, draft))
  return { offset, bytes: reader.view('data') }
}

function nameOf(draft: Draft, index: number): string {
  const named = draft.names.get(index)
  if (named !== undefined) return demangle(named)
  for (const [name, target] of draft.exports) if (target === index) return name
  return `f${index}`
}
