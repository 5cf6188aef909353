import { damagedZstd } from './zstdErrors.ts'

const FIRST_BYTES = 1 << 20
/** PERF: below this a loop is faster than a call into native code; most copies are. */
const SHORT_BYTES = 48

/** Output that grows up to a limit. Methods throw what `onLimit` makes before the limit is passed. */
export class ZstdOutput {
  readonly #limitBytes: number
  readonly #onLimit: () => Error
  #bytes: Uint8Array
  #frameStart = 0
  #blockEnd = 0
  length = 0

  constructor(limitBytes: number, onLimit: () => Error) {
    this.#limitBytes = limitBytes
    this.#onLimit = onLimit
    this.#bytes = new Uint8Array(Math.min(FIRST_BYTES, limitBytes))
  }

  /** What was written, as a copy of its own size. */
  finish(): Uint8Array {
    return this.#bytes.slice(0, this.length)
  }

  /** A new frame cannot refer to what is before it. */
  startFrame(): void {
    this.#frameStart = this.length
  }

  /** A block gives at most `maximumBytes`. */
  startBlock(maximumBytes: number): void {
    this.#blockEnd = this.length + maximumBytes
  }

  /** Appends `bytes` from `from` up to `to`. */
  append(bytes: Uint8Array, from = 0, to = bytes.length): void {
    const start = this.#reserve(to - from)
    if (to - from > SHORT_BYTES) {
      this.#bytes.set(bytes.subarray(from, to), start)
      return
    }
    const target = this.#bytes
    for (let i = from; i < to; i++) target[start + i - from] = bytes[i] ?? 0
  }

  fill(byte: number, count: number): void {
    const start = this.#reserve(count)
    this.#bytes.fill(byte, start, start + count)
  }

  /** Copies `count` bytes from `offset` back, which may overlap with what it writes. */
  copyBack(offset: number, count: number): void {
    if (offset < 1 || offset > this.length - this.#frameStart) {
      throw damagedZstd(`a match is ${offset} bytes back, ${this.length - this.#frameStart} are there`)
    }
    const start = this.#reserve(count)
    const bytes = this.#bytes
    if (offset >= count && count > SHORT_BYTES) {
      bytes.copyWithin(start, start - offset, start - offset + count)
      return
    }
    for (let i = start; i < start + count; i++) bytes[i] = bytes[i - offset] ?? 0
  }

  #reserve(count: number): number {
    const start = this.length
    const end = start + count
    if (end > this.#blockEnd) throw damagedZstd('a block gives more than its frame allows')
    if (end > this.#limitBytes) throw this.#onLimit()
    if (end > this.#bytes.length) {
      const grown = new Uint8Array(Math.min(this.#limitBytes, Math.max(end, this.#bytes.length * 2)))
      grown.set(this.#bytes.subarray(0, start))
      this.#bytes = grown
    }
    this.length = end
    return start
  }
}
