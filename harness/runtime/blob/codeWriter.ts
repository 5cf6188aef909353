/** Bytes that grow, with WebAssembly's integers. */
export class CodeWriter {
  #bytes: Uint8Array
  #length = 0

  constructor(expectedBytes: number) {
    this.#bytes = new Uint8Array(expectedBytes)
  }

  bytes(): Uint8Array {
    return this.#bytes.subarray(0, this.#length)
  }

  byte(value: number): void {
    this.#reserve(1)
    this.#bytes[this.#length++] = value
  }

  copy(source: Uint8Array, start = 0, end = source.length): void {
    this.#reserve(end - start)
    this.#bytes.set(source.subarray(start, end), this.#length)
    this.#length += end - start
  }

  /** Unsigned LEB128. */
  u32(value: number): void {
    let rest = value
    for (; rest >= 0x80; rest >>>= 7) this.byte((rest & 0x7f) | 0x80)
    this.byte(rest)
  }

  /** Signed LEB128 of a number that is not negative. */
  signed(value: number): void {
    let rest = value
    for (; rest >= 0x40; rest >>>= 7) this.byte((rest & 0x7f) | 0x80)
    this.byte(rest)
  }

  #reserve(more: number): void {
    if (this.#length + more <= this.#bytes.length) return
    const larger = new Uint8Array(2 * (this.#length + more))
    larger.set(this.#bytes.subarray(0, this.#length))
    this.#bytes = larger
  }
}
