import type { WasmReader } from '../../../harness/runtime/blob/wasmReader.ts'
import { compactBigint } from './concrete.ts'
import type { NumericOp } from './numericOps.ts'
import type { Access, FunctionType, Instruction, Width } from './program.ts'
import { unsupportedModule } from './unsupportedModule.ts'

/** What the instructions of a body refer to. */
export interface BodyContext {
  readonly types: readonly FunctionType[]
  readonly numericOps: ReadonlyMap<number, NumericOp>
}

const PLAIN: ReadonlyMap<number, 'unreachable' | 'nop' | 'else' | 'end' | 'return' | 'drop' | 'select'> =
  new Map([
    [0x00, 'unreachable'],
    [0x01, 'nop'],
    [0x05, 'else'],
    [0x0b, 'end'],
    [0x0f, 'return'],
    [0x1a, 'drop'],
    [0x1b, 'select'],
  ])
const VARIABLES = ['localGet', 'localSet', 'localTee', 'globalGet', 'globalSet'] as const

type Loaded = readonly [Access['sizeBytes'], Width, boolean]
const ACCESSES: ReadonlyMap<number, Loaded> = new Map<number, Loaded>([
  [0x28, [4, 32, false]],
  [0x29, [8, 64, false]],
  [0x2c, [1, 32, true]],
  [0x2d, [1, 32, false]],
  [0x2e, [2, 32, true]],
  [0x2f, [2, 32, false]],
  [0x30, [1, 64, true]],
  [0x31, [1, 64, false]],
  [0x32, [2, 64, true]],
  [0x33, [2, 64, false]],
  [0x34, [4, 64, true]],
  [0x35, [4, 64, false]],
  [0x36, [4, 32, false]],
  [0x37, [8, 64, false]],
  [0x3a, [1, 32, false]],
  [0x3b, [2, 32, false]],
  [0x3c, [1, 64, false]],
  [0x3d, [2, 64, false]],
  [0x3e, [4, 64, false]],
])
const FIRST_STORE = 0x36

/** The instructions of one body, from after its locals to its end. Errors: `PROVE_UNSUPPORTED`, `BLOB_MALFORMED`. */
export function decodeInstructions(reader: WasmReader, context: BodyContext): readonly Instruction[] {
  const code: Instruction[] = []
  while (!reader.isAtEnd) code.push(decodeInstruction(reader, context))
  return code
}

function decodeInstruction(reader: WasmReader, context: BodyContext): Instruction {
  const at = reader.offset
  const opcode = reader.byte('an instruction')
  const plain = PLAIN.get(opcode)
  if (plain !== undefined) return { at, kind: plain }
  const op = context.numericOps.get(opcode)
  if (op !== undefined) return { at, kind: 'numeric', op }
  const access = ACCESSES.get(opcode)
  if (access !== undefined) return decodeAccess(reader, at, { opcode, access })
  if (opcode >= 0x20 && opcode <= 0x24) {
    const kind = VARIABLES[opcode - 0x20] ?? 'localGet'
    return { at, kind, index: reader.u32('an index') }
  }
  if (opcode === 0x41)
    return { at, kind: 'constant', value: reader.signed('a constant', 32) >>> 0, width: 32 }
  if (opcode === 0x42) return { at, kind: 'constant', value: readI64(reader), width: 64 }
  if (opcode === 0xfc) return decodeBulk(reader, at)
  return decodeControl(reader, at, { opcode, context })
}

function decodeAccess(
  reader: WasmReader,
  at: number,
  { opcode, access }: { readonly opcode: number; readonly access: Loaded },
): Instruction {
  reader.u32('an alignment')
  const [sizeBytes, width, isSigned] = access
  const kind = opcode < FIRST_STORE ? 'load' : 'store'
  return { at, kind, access: { sizeBytes, width, isSigned, offset: reader.u32('an offset') } }
}

function decodeControl(
  reader: WasmReader,
  at: number,
  { opcode, context }: { readonly opcode: number; readonly context: BodyContext },
): Instruction {
  switch (opcode) {
    case 0x02:
      return { at, kind: 'block', type: decodeBlockType(reader, context) }
    case 0x03:
      return { at, kind: 'loop', type: decodeBlockType(reader, context) }
    case 0x04:
      return { at, kind: 'if', type: decodeBlockType(reader, context) }
    case 0x0c:
      return { at, kind: 'br', depth: reader.u32('a depth') }
    case 0x0d:
      return { at, kind: 'brIf', depth: reader.u32('a depth') }
    case 0x0e: {
      const depths = Array.from({ length: reader.count('branch targets', 1) }, () => reader.u32('a depth'))
      return { at, kind: 'brTable', depths, otherwise: reader.u32('a depth') }
    }
    case 0x10:
      return { at, kind: 'call', callee: reader.u32('a function') }
    case 0x11: {
      const type = context.types[reader.u32('a type')]
      reader.u32('a table')
      if (type === undefined) throw reader.malformed('calls through a type that does not exist')
      return { at, kind: 'callIndirect', type }
    }
    case 0x1c: {
      const count = reader.count('types', 1)
      for (let i = 0; i < count; i++) readWidth(reader)
      return { at, kind: 'select' }
    }
    case 0x3f:
    case 0x40:
      reader.byte('a memory')
      return { at, kind: opcode === 0x3f ? 'memorySize' : 'memoryGrow' }
  }
  throw unsupportedModule(describeOpcode(opcode), at)
}

function decodeBulk(reader: WasmReader, at: number): Instruction {
  const opcode = reader.u32('an opcode')
  if (opcode === 10) {
    reader.byte('a memory')
    reader.byte('a memory')
    return { at, kind: 'memoryCopy' }
  }
  if (opcode === 11) {
    reader.byte('a memory')
    return { at, kind: 'memoryFill' }
  }
  throw unsupportedModule(opcode < 8 ? 'it uses floats' : `it uses the instruction 0xfc ${opcode}`, at)
}

function decodeBlockType(reader: WasmReader, { types }: BodyContext): FunctionType {
  const code = reader.signed('a block type', 33)
  if (code === -64) return { parameters: [], results: [] }
  if (code === -1 || code === -2) return { parameters: [], results: [code === -1 ? 32 : 64] }
  if (code === -3 || code === -4) throw unsupportedModule('it uses floats', reader.offset - 1)
  const type = types[code]
  if (code < 0 || type === undefined)
    throw unsupportedModule('it has a block of an unknown type', reader.offset)
  return type
}

/** The width of a value type. Errors: `PROVE_UNSUPPORTED` for floats, vectors and references. */
export function readWidth(reader: WasmReader): Width {
  const at = reader.offset
  const type = reader.byte('a type')
  if (type === 0x7f) return 32
  if (type === 0x7e) return 64
  throw unsupportedModule(
    type === 0x7d || type === 0x7c ? 'it uses floats' : 'it uses references or vectors',
    at,
  )
}

/** A signed LEB128 constant of 64 bits, as an unsigned concrete value. */
export function readI64(reader: WasmReader): number | bigint {
  let value = 0n
  for (let shift = 0n; shift < 70n; shift += 7n) {
    const byte = reader.byte('a constant')
    value |= BigInt(byte & 0x7f) << shift
    if (byte < 0x80) return compactBigint(BigInt.asUintN(64, BigInt.asIntN(Number(shift) + 7, value)))
  }
  throw reader.malformed('has a constant longer than 64 bits')
}

function describeOpcode(opcode: number): string {
  const isFloat =
    opcode === 0x43 ||
    opcode === 0x44 ||
    [0x2a, 0x2b, 0x38, 0x39].includes(opcode) ||
    (opcode >= 0x5b && opcode <= 0x66) ||
    (opcode >= 0x8b && opcode <= 0xbf)
  if (isFloat) return 'it uses floats'
  if (opcode === 0xfd) return 'it uses SIMD'
  if (opcode === 0xfe) return 'it uses threads'
  return `it uses the opcode 0x${opcode.toString(16).padStart(2, '0')}`
}
