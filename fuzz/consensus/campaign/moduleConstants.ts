import type { ConsensusModule } from '../module/index.ts'

const I32_CONST = 0x41
const I64_CONST = 0x42
const MOST = 256

/** Numbers that the code contains, as unsigned 64-bit ones: what it compares with often is one of them. */
export function moduleConstants({ wasm, functions }: ConsensusModule): readonly bigint[] {
  const found = new Set<bigint>()
  for (const { instructions } of functions) {
    for (const { opcode, offset, end } of instructions) {
      if (opcode !== I32_CONST && opcode !== I64_CONST) continue
      const value = signed(wasm.subarray(offset + 1, end))
      found.add(BigInt.asUintN(opcode === I32_CONST ? 32 : 64, value))
      if (found.size >= MOST) return [...found]
    }
  }
  return [...found]
}

/** Signed LEB128. */
function signed(bytes: Uint8Array): bigint {
  let value = 0n
  bytes.forEach((byte, i) => {
    value |= BigInt(byte & 0x7f) << BigInt(7 * i)
  })
  const last = bytes.at(-1) ?? 0
  return (last & 0x40) === 0 ? value : value - (1n << BigInt(7 * bytes.length))
}
