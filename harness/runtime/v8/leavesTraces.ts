import type { RuntimeBlob } from '../blob/index.ts'
import { readWasmSections, SECTION_ID } from '../blob/wasmSections.ts'

const TABLE_SET = 0x26
const MISC = 0xfc
/** memory.init, data.drop, table.init, elem.drop, table.copy, table.grow, table.fill; `copy` and `fill` of memory are not. */
const MISC_TRACES: readonly number[] = [8, 9, 12, 13, 14, 15, 17]

const NONE = 0
const ONE_LEB = 1
const TWO_LEBS = 2
const VECTOR = 3
const VECTOR_AND_LEB = 4
const FOUR_BYTES = 5
const EIGHT_BYTES = 6
const UNKNOWN = 7

/**
 * True when the module's code can change what no snapshot of memory and globals brings back: its tables, and which of its
 * segments are dropped. Such a module gets a new instance for each call. Compilers of runtimes emit none of this.
 *
 * Code that this walk does not understand counts as such.
 *
 * PERF: a loop over bytes, 10 ms for 3 MB of code; `skipImmediates` with its checks takes five times that. What it reads
 * has been validated by V8.
 */
export function leavesTraces(blob: RuntimeBlob): boolean {
  const section = readWasmSections(blob.wasm).find((one) => one.id === SECTION_ID.code)
  if (section === undefined) return false
  const walk = new CodeWalk(blob.wasm, section.contentStart)
  const count = walk.leb()
  for (let i = 0; i < count; i++) if (walk.functionLeavesTraces()) return true
  return false
}

class CodeWalk {
  readonly #bytes: Uint8Array
  readonly #immediates = immediatesTable()
  #at: number

  constructor(bytes: Uint8Array, at: number) {
    this.#bytes = bytes
    this.#at = at
  }

  /** Unsigned LEB128 of up to 32 bits. */
  leb(): number {
    let value = 0
    for (let shift = 0; ; shift += 7) {
      const byte = this.#bytes[this.#at++] ?? 0
      value |= (byte & 0x7f) << shift
      if (byte < 0x80) return value >>> 0
    }
  }

  functionLeavesTraces(): boolean {
    const size = this.leb()
    const end = this.#at + size
    const localGroups = this.leb()
    for (let i = 0; i < localGroups; i++) {
      this.leb()
      this.#at++
    }
    while (this.#at < end) {
      const opcode = this.#bytes[this.#at++] ?? 0
      if (opcode === TABLE_SET) return true
      if (opcode === MISC) {
        const misc = this.leb()
        if (misc > 17 || MISC_TRACES.includes(misc)) return true
        if (misc === 10) this.#at += 2
        else if (misc > 7) this.#skipLeb()
      } else if (!this.#skip(this.#immediates[opcode] ?? UNKNOWN)) return true
    }
    return this.#at !== end
  }

  /** False for immediates that are not known. */
  #skip(immediates: number): boolean {
    switch (immediates) {
      case NONE:
        return true
      case TWO_LEBS:
        this.#skipLeb()
        this.#skipLeb()
        return true
      case ONE_LEB:
        this.#skipLeb()
        return true
      case VECTOR:
      case VECTOR_AND_LEB: {
        const count = this.leb() + (immediates === VECTOR ? 0 : 1)
        for (let i = 0; i < count && this.#at < this.#bytes.length; i++) this.#skipLeb()
        return true
      }
      case FOUR_BYTES:
        this.#at += 4
        return true
      case EIGHT_BYTES:
        this.#at += 8
        return true
      default:
        return false
    }
  }

  #skipLeb(): void {
    while ((this.#bytes[this.#at++] ?? 0) >= 0x80);
  }
}

/** By opcode; a block type counts as one LEB128. @see https://webassembly.github.io/spec/core/binary/instructions.html */
function immediatesTable(): Uint8Array {
  const table = new Uint8Array(256).fill(UNKNOWN)
  for (const opcode of [0x00, 0x01, 0x05, 0x0b, 0x0f, 0x1a, 0x1b, 0xd1]) table[opcode] = NONE
  table.fill(NONE, 0x45, 0xc5)
  table.fill(ONE_LEB, 0x02, 0x05)
  for (const opcode of [0x0c, 0x0d, 0x10, 0x3f, 0x40, 0x41, 0x42, 0xd0, 0xd2]) table[opcode] = ONE_LEB
  table.fill(ONE_LEB, 0x20, 0x27)
  table.fill(TWO_LEBS, 0x28, 0x3f)
  table[0x11] = TWO_LEBS
  table[0x0e] = VECTOR_AND_LEB
  table[0x1c] = VECTOR
  table[0x43] = FOUR_BYTES
  table[0x44] = EIGHT_BYTES
  return table
}
