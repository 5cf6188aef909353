import { DrydockError } from '../../base/errors.ts'
import type { WasmReader } from './wasmReader.ts'

/** Size of a memory or table; null without a maximum. */
export interface Limits {
  readonly min: number
  readonly max: number | null
}

/** What to do about a proposal that nodes do not run. */
export const MVP_HINT =
  'A Substrate node has this proposal switched off: build the runtime with `-C target-cpu=mvp`.'

/** The error for a module that is well-formed but cannot be a runtime. */
export function unsupportedWasm(feature: string, hint: string): DrydockError {
  return new DrydockError(`unsupported wasm: the module has ${feature}`, {
    code: 'BLOB_UNSUPPORTED',
    kind: 'usage',
    hints: [hint],
    details: { feature },
  })
}

/** Limits of a memory, in pages of 64 KiB. */
export function readMemoryLimits(reader: WasmReader): Limits {
  const limits = readLimits(reader, 'memory')
  if (limits.min > 65_536 || (limits.max ?? 0) > 65_536 || limits.min > (limits.max ?? 65_536)) {
    throw reader.malformed(
      `has a memory of ${limits.min} to ${limits.max ?? 'any number of'} pages, limit 65536`,
    )
  }
  return limits
}

/** Limits of a memory or table. */
export function readLimits(reader: WasmReader, of: 'memory' | 'table'): Limits {
  const flags = reader.byte('limits')
  if (flags > 7) throw reader.malformed(`has limits of unknown kind 0x${flags.toString(16)}`)
  if ((flags & 2) !== 0) throw unsupportedWasm(`a shared ${of} (threads)`, MVP_HINT)
  if ((flags & 4) !== 0) throw unsupportedWasm(`a 64-bit ${of} (memory64)`, MVP_HINT)
  const min = reader.u32('a minimum')
  return { min, max: (flags & 1) !== 0 ? reader.u32('a maximum') : null }
}

/** True for a mutable global. */
export function readMutability(reader: WasmReader): boolean {
  const byte = reader.byte('a mutability')
  if (byte > 1) throw reader.malformed(`has an unknown mutability 0x${byte.toString(16)}`)
  return byte === 1
}

/** The value of a lone `i32.const`; null for every other constant expression. */
export function readConstantExpression(reader: WasmReader): number | null {
  let value: number | null = null
  for (let instructions = 0; ; instructions++) {
    const opcode = reader.byte('a constant expression')
    if (opcode === 0x0b) return instructions === 1 ? value : null
    value = null
    if (opcode === 0x41) value = reader.signed('an i32 constant', 32)
    else if (opcode === 0x42) reader.signed('an i64 constant', 64)
    else if (opcode === 0x43) reader.skip(4, 'an f32 constant')
    else if (opcode === 0x44) reader.skip(8, 'an f64 constant')
    else if (opcode === 0x23 || opcode === 0xd2) reader.u32('an index')
    else if (opcode === 0xd0) reader.byte('a reference type')
    else if (![0x6a, 0x6b, 0x6c, 0x7c, 0x7d, 0x7e].includes(opcode)) {
      throw reader.malformed(`has opcode 0x${opcode.toString(16)} in a constant expression`)
    }
  }
}
