import type { RuntimeBlob } from './runtimeBlob.ts'
import { skipImmediates } from './skipImmediates.ts'
import { WasmReader } from './wasmReader.ts'
import { readWasmSections, SECTION_ID, sectionReader } from './wasmSections.ts'

/** How many floating-point instructions a function has. */
export interface FloatUse {
  readonly functionIndex: number
  readonly instructions: number
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

const PREFIX_MISC = 0xfc
const LAST_SATURATING_TRUNCATION = 7
const END = 0x0b

/**
 * The functions with floating-point instructions, in index order. Runtimes are to have none: NaN bits may differ between
 * machines, and with them the state.
 *
 * Reads the whole code once. Errors: `BLOB_MALFORMED`, `BLOB_UNSUPPORTED` for SIMD and threads.
 */
export function findFloatInstructions(blob: RuntimeBlob): readonly FloatUse[] {
  const section = readWasmSections(blob.wasm).find((one) => one.id === SECTION_ID.code)
  if (section === undefined) return []
  const isFloat = floatTable()
  const reader = sectionReader(blob.wasm, section)
  const count = reader.count('function bodies', 2)
  const found: FloatUse[] = []
  for (let i = 0; i < count; i++) {
    const size = reader.u32('the size of a function')
    const start = reader.offset
    reader.skip(size, 'a function')
    const body = new WasmReader(blob.wasm, start, { end: start + size, section: section.name })
    const instructions = countFloats(body, isFloat)
    if (instructions > 0) found.push({ functionIndex: blob.importedFunctionCount + i, instructions })
  }
  return found
}

function countFloats(body: WasmReader, isFloat: Uint8Array): number {
  const localGroups = body.count('groups of locals', 2)
  for (let i = 0; i < localGroups; i++) {
    body.u32('a number of locals')
    body.byte('the type of locals')
  }
  let count = 0
  while (!body.isAtEnd) {
    const opcode = body.byte('an instruction')
    if (opcode === END) continue
    const misc = skipImmediates(body, opcode)
    count += opcode === PREFIX_MISC ? Number(misc <= LAST_SATURATING_TRUNCATION) : (isFloat[opcode] ?? 0)
  }
  return count
}

function floatTable(): Uint8Array {
  const table = new Uint8Array(256)
  for (const [first, last] of FLOAT_OPCODES) table.fill(1, first, last + 1)
  return table
}
