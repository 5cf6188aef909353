import type { RuntimeBlob } from './runtimeBlob.ts'
import { skipImmediates } from './skipImmediates.ts'
import { WasmReader } from './wasmReader.ts'
import { readWasmSections, SECTION_ID, sectionReader } from './wasmSections.ts'

/** WebAssembly proposals that instructions belong to. */
export type CodeProposal =
  | 'bulk-memory'
  | 'reference-types'
  | 'multi-value'
  | 'simd'
  | 'threads'
  | 'tail-call'

/** What the code of one function shows without being run. */
export interface FunctionFacts {
  readonly functionIndex: number
  /** Instructions that read or make an f32 or f64. */
  readonly floats: number
  /** Indices of functions that it calls directly; one may come twice. */
  readonly calls: readonly number[]
  readonly proposals: ReadonlySet<CodeProposal>
}

/** First and last opcode of each range that reads or makes an f32 or f64. */
const FLOAT_OPCODES: readonly (readonly [first: number, last: number])[] = [
  [0x2a, 0x2b],
  [0x38, 0x39],
  [0x43, 0x44],
  [0x5b, 0x66],
  [0x8b, 0xa6],
  [0xa8, 0xab],
  [0xae, 0xbf],
]

const END = 0x0b
const CALL = 0x10
const MISC = 0xfc
const LAST_SATURATING_TRUNCATION = 7
/** `0xfc` opcodes above it work on tables of references. */
const LAST_BULK_OPCODE = 14

/** Opcodes after which a function of ours cannot be read on: nodes run none of them. */
const UNREADABLE: ReadonlyMap<number, CodeProposal> = new Map([
  [0x12, 'tail-call'],
  [0x13, 'tail-call'],
  [0xfd, 'simd'],
  [0xfe, 'threads'],
])
const OF_REFERENCES: ReadonlySet<number> = new Set([0x1c, 0x25, 0x26, 0xd0, 0xd1, 0xd2])
const BLOCKS: ReadonlySet<number> = new Set([0x02, 0x03, 0x04])

/**
 * The functions of a module in index order. Reads the whole code once; a function with instructions that cannot be read is told up
 * to the first of them. Errors: `BLOB_MALFORMED`.
 */
export function* walkFunctions(blob: RuntimeBlob): Generator<FunctionFacts> {
  const section = readWasmSections(blob.wasm).find((one) => one.id === SECTION_ID.code)
  if (section === undefined) return
  const isFloat = floatTable()
  const reader = sectionReader(blob.wasm, section)
  const count = reader.count('function bodies', 2)
  for (let i = 0; i < count; i++) {
    const size = reader.u32('the size of a function')
    const start = reader.offset
    reader.skip(size, 'a function')
    const body = new WasmReader(blob.wasm, start, { end: start + size, section: section.name })
    yield { functionIndex: blob.importedFunctionCount + i, ...readBody(body, isFloat) }
  }
}

function readBody(body: WasmReader, isFloat: Uint8Array): Omit<FunctionFacts, 'functionIndex'> {
  const calls: number[] = []
  const proposals = new Set<CodeProposal>()
  const done = (floats: number) => ({ floats, calls, proposals })
  skipLocals(body)
  let floats = 0
  while (!body.isAtEnd) {
    const opcode = body.byte('an instruction')
    if (opcode === END) continue
    const unreadable = UNREADABLE.get(opcode)
    if (unreadable !== undefined) {
      proposals.add(unreadable)
      return done(floats)
    }
    if (OF_REFERENCES.has(opcode)) proposals.add('reference-types')
    floats += isFloat[opcode] ?? 0
    if (opcode === CALL) calls.push(body.u32('an index'))
    else if (BLOCKS.has(opcode)) {
      // A block type that is not a value type is the index of a type: parameters, or several results.
      if (body.signed('a block type', 33) >= 0) proposals.add('multi-value')
    } else {
      const misc = skipImmediates(body, opcode)
      if (opcode !== MISC) continue
      if (misc <= LAST_SATURATING_TRUNCATION) floats++
      else proposals.add(misc <= LAST_BULK_OPCODE ? 'bulk-memory' : 'reference-types')
    }
  }
  return done(floats)
}

function skipLocals(body: WasmReader): void {
  const localGroups = body.count('groups of locals', 2)
  for (let i = 0; i < localGroups; i++) {
    body.u32('a number of locals')
    body.byte('the type of locals')
  }
}

function floatTable(): Uint8Array {
  const table = new Uint8Array(256)
  for (const [first, last] of FLOAT_OPCODES) table.fill(1, first, last + 1)
  return table
}
