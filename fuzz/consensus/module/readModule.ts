import { readFunctionNames } from '../../../harness/runtime/blob/functionNames.ts'
import { skipImmediates } from '../../../harness/runtime/blob/skipImmediates.ts'
import { WasmReader } from '../../../harness/runtime/blob/wasmReader.ts'
import {
  readWasmSections,
  SECTION_ID,
  sectionReader,
  type WasmSection,
} from '../../../harness/runtime/blob/wasmSections.ts'

export interface Instruction {
  readonly opcode: number
  /** Second opcode of a prefixed (0xfc) instruction, else 0. */
  readonly misc: number
  /** In the module. */
  readonly offset: number
  readonly end: number
}

export interface FunctionBody {
  /** In the function index space; a module of ABI 1 imports nothing, so it is the place in the code section, too. */
  readonly index: number
  readonly localGroups: readonly { readonly count: number; readonly type: number }[]
  /** Offset of the first instruction. */
  readonly start: number
  /** One past the last `end`. */
  readonly end: number
  readonly instructions: readonly Instruction[]
}

export interface FunctionType {
  readonly params: readonly number[]
  readonly results: readonly number[]
}

export interface ModuleMemory {
  /** 1: has a maximum, 2: shared, 4: 64-bit. */
  readonly flags: number
  readonly minPages: number
  readonly maxPages: number | null
}

/** A module's parts, as far as rules and meter need them. */
export interface ConsensusModule {
  readonly wasm: Uint8Array
  readonly sections: readonly WasmSection[]
  readonly types: readonly FunctionType[]
  readonly importCount: number
  /** Type index of each function. */
  readonly functionTypes: readonly number[]
  readonly tableCount: number
  readonly memories: readonly ModuleMemory[]
  /** Value types. */
  readonly globals: readonly number[]
  readonly exports: readonly { readonly name: string; readonly kind: number; readonly index: number }[]
  readonly functions: readonly FunctionBody[]
  /** As the compiler wrote them. */
  readonly names: ReadonlyMap<number, string>
}

const FUNCTION_FORM = 0x60
const SECTION_TABLE = 4

/**
 * Reads a module that `WebAssembly.validate` accepts. Errors: `BLOB_UNSUPPORTED` for vectors and threads, `BLOB_MALFORMED` for
 * instructions that are unknown here, such as tail calls.
 */
export function readModule(wasm: Uint8Array): ConsensusModule {
  const sections = readWasmSections(wasm)
  const read = <T>(id: number, otherwise: T, from: (reader: WasmReader) => T): T => {
    const section = sections.find((one) => one.id === id)
    return section === undefined ? otherwise : from(sectionReader(wasm, section))
  }
  const names = sections.find((one) => one.id === SECTION_ID.custom && one.name === 'name')
  return {
    wasm,
    sections,
    types: read(SECTION_ID.type, [], readTypes),
    importCount: read(SECTION_ID.import, 0, (reader) => reader.count('imports', 3)),
    functionTypes: read(SECTION_ID.function, [], readIndices),
    tableCount: read(SECTION_TABLE, 0, (reader) => reader.count('tables', 3)),
    memories: read(SECTION_ID.memory, [], readMemories),
    globals: read(SECTION_ID.global, [], readGlobals),
    exports: read(SECTION_ID.export, [], readExports),
    functions: read(SECTION_ID.code, [], readFunctions),
    names: names === undefined ? new Map() : readFunctionNames(wasm.subarray(names.contentStart, names.end)),
  }
}

function list<T>(reader: WasmReader, what: string, one: (reader: WasmReader, index: number) => T): T[] {
  const count = reader.count(what, 1)
  const items: T[] = []
  for (let i = 0; i < count; i++) items.push(one(reader, i))
  return items
}

const readBytes = (reader: WasmReader): readonly number[] =>
  list(reader, 'value types', (from) => from.byte('a value type'))

const readIndices = (reader: WasmReader): readonly number[] =>
  list(reader, 'functions', (from) => from.u32('a type'))

function readTypes(reader: WasmReader): readonly FunctionType[] {
  return list(reader, 'types', (from) => {
    const form = from.byte('a type')
    if (form !== FUNCTION_FORM) throw from.malformed(`has a type of form 0x${form.toString(16)}`)
    return { params: readBytes(from), results: readBytes(from) }
  })
}

function readMemories(reader: WasmReader): readonly ModuleMemory[] {
  return list(reader, 'memories', (from) => {
    const flags = from.byte('limits')
    const minPages = from.u32('a minimum')
    return { flags, minPages, maxPages: (flags & 1) === 0 ? null : from.u32('a maximum') }
  })
}

function readGlobals(reader: WasmReader): readonly number[] {
  return list(reader, 'globals', (from) => {
    const type = from.byte('a value type')
    from.byte('a mutability')
    for (let opcode = from.byte('an instruction'); opcode !== 0x0b; opcode = from.byte('an instruction')) {
      skipImmediates(from, opcode)
    }
    return type
  })
}

function readExports(reader: WasmReader): ConsensusModule['exports'] {
  return list(reader, 'exports', (from) => {
    const name = from.name('the name of an export')
    return { name, kind: from.byte('a kind'), index: from.u32('an index') }
  })
}

function readFunctions(reader: WasmReader): readonly FunctionBody[] {
  return list(reader, 'function bodies', (from, index) => {
    const size = from.u32('the size of a function')
    const end = from.offset + size
    const body = new WasmReader(from.bytes, from.offset, { end, section: 'code' })
    from.skip(size, 'a function')
    return readBody(body, index)
  })
}

function readBody(body: WasmReader, index: number): FunctionBody {
  const localGroups: { count: number; type: number }[] = []
  const groups = body.count('groups of locals', 2)
  for (let i = 0; i < groups; i++) {
    localGroups.push({ count: body.u32('a number of locals'), type: body.byte('the type of locals') })
  }
  const start = body.offset
  const instructions: Instruction[] = []
  while (!body.isAtEnd) {
    const offset = body.offset
    const opcode = body.byte('an instruction')
    const misc = skipImmediates(body, opcode)
    instructions.push({ opcode, misc, offset, end: body.offset })
  }
  return { index, localGroups, start, end: body.end, instructions }
}
