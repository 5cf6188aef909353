import { MVP_HINT, unsupportedWasm } from './wasmParts.ts'
import type { WasmReader } from './wasmReader.ts'

/**
 * Moves past the immediates of the instruction whose opcode was just read, and returns the second opcode of a prefixed
 * (0xfc) instruction, else 0. Knows the MVP, sign extension, saturating truncation, bulk memory and reference types.
 * Errors: `BLOB_MALFORMED` for an unknown opcode, `BLOB_UNSUPPORTED` for SIMD and threads.
 *
 * @see https://webassembly.github.io/spec/core/binary/instructions.html
 */
export function skipImmediates(reader: WasmReader, opcode: number): number {
  if (opcode >= 0x45 && opcode <= 0xc4) return 0
  if (opcode >= 0x28 && opcode <= 0x3e) {
    reader.u32('an alignment')
    reader.u32('an offset')
  } else if (opcode >= 0x20 && opcode <= 0x26) reader.u32('an index')
  else if (opcode === 0x41) reader.signed('an i32 constant', 32)
  else if (opcode === 0x42) reader.signed('an i64 constant', 64)
  else if (opcode === 0x43) reader.skip(4, 'an f32 constant')
  else if (opcode === 0x44) reader.skip(8, 'an f64 constant')
  else if (opcode === 0xfc) return skipMisc(reader)
  else skipControl(reader, opcode)
  return 0
}

function skipControl(reader: WasmReader, opcode: number): void {
  switch (opcode) {
    case 0x02:
    case 0x03:
    case 0x04:
      reader.signed('a block type', 33)
      return
    case 0x0c:
    case 0x0d:
    case 0x10:
    case 0xd2:
      reader.u32('an index')
      return
    case 0x0e:
      skipVector(reader, 'branch targets')
      reader.u32('a branch target')
      return
    case 0x11:
      reader.u32('a type')
      reader.u32('a table')
      return
    case 0x1c:
      skipVector(reader, 'types')
      return
    case 0x3f:
    case 0x40:
    case 0xd0:
      reader.byte('an immediate')
      return
  }
  if ([0x00, 0x01, 0x05, 0x0b, 0x0f, 0x1a, 0x1b, 0xd1].includes(opcode)) return
  if (opcode === 0xfd) throw unsupportedWasm('SIMD in its code', MVP_HINT)
  if (opcode === 0xfe) throw unsupportedWasm('threads in its code', MVP_HINT)
  throw reader.malformed(`has an unknown opcode 0x${opcode.toString(16).padStart(2, '0')}`)
}

function skipMisc(reader: WasmReader): number {
  const misc = reader.u32('an opcode')
  if (misc > 17) throw reader.malformed(`has an unknown opcode 0xfc ${misc}`)
  if (misc <= 7) return misc
  const immediates = [8, 10, 12, 14].includes(misc) ? 2 : 1
  for (let i = 0; i < immediates; i++) reader.u32('an index')
  return misc
}

function skipVector(reader: WasmReader, what: string): void {
  const count = reader.count(what, 1)
  for (let i = 0; i < count; i++) reader.u32(what)
}
