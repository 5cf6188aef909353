import { damagedZstd } from './zstdErrors.ts'

/** Reads a bit stream from its end, as zstd's entropy coders write them: the last set bit marks where it starts. */
export class BackwardBits {
  readonly #bytes: Uint8Array
  /** Bits that are left; negative once more was read than there is (missing bits read as zero). */
  left: number

  constructor(bytes: Uint8Array) {
    const last = bytes[bytes.length - 1] ?? 0
    if (last === 0) throw damagedZstd('a bit stream has no end mark')
    this.#bytes = bytes
    this.left = bytes.length * 8 - 1 - Math.clz32(last << 24)
  }

  /** The next `count` (0 to 31) bits, highest first. */
  read(count: number): number {
    if (count > 16) return this.read(count - 16) * 65_536 + this.read(16)
    const value = this.peek(count)
    this.left -= count
    return value
  }

  /** The next `count` (0 to 16) bits without taking them. */
  peek(count: number): number {
    const start = this.left - count
    if (start < 0) return start <= -count ? 0 : (this.#bits(0, this.left) << -start) & ((1 << count) - 1)
    return this.#bits(start, count)
  }

  #bits(start: number, count: number): number {
    const byte = start >> 3
    const bytes = this.#bytes
    const word = (bytes[byte] ?? 0) | ((bytes[byte + 1] ?? 0) << 8) | ((bytes[byte + 2] ?? 0) << 16)
    return (word >>> (start & 7)) & ((1 << count) - 1)
  }
}
