import { DrydockError } from '../../base/errors.ts'

/**
 * Reads WebAssembly's binary encoding between two offsets of a module. Nothing is trusted: each length and count is held
 * against the bytes that remain, so a hostile module costs no more than its own size.
 *
 * Errors: every method throws `DrydockError` `BLOB_MALFORMED` that names the section and the byte offset.
 *
 * @see https://www.w3.org/TR/wasm-core-1/#binary-format
 */
export class WasmReader {
  readonly bytes: Uint8Array
  readonly end: number
  readonly section: string
  offset: number

  constructor(bytes: Uint8Array, start: number, options: { readonly end: number; readonly section: string }) {
    this.bytes = bytes
    this.offset = start
    this.end = options.end
    this.section = options.section
  }

  get isAtEnd(): boolean {
    return this.offset >= this.end
  }

  byte(what: string): number {
    const value = this.offset < this.end ? this.bytes[this.offset] : undefined
    if (value === undefined) throw this.malformed(`ends inside ${what}`)
    this.offset++
    return value
  }

  /** Unsigned LEB128 of at most 32 bits. */
  u32(what: string): number {
    let value = 0
    for (let shift = 0; shift < 35; shift += 7) {
      const byte = this.byte(what)
      if (shift === 28 && byte > 0x0f) throw this.malformed(`${what} is longer than 32 bits`)
      value |= (byte & 0x7f) << shift
      if (byte < 0x80) return value >>> 0
    }
    throw this.malformed(`${what} is longer than 32 bits`)
  }

  /** Signed LEB128 of at most `bits` bits, as the low 32 of them. */
  signed(what: string, bits: 32 | 33 | 64): number {
    let value = 0
    const longest = Math.ceil(bits / 7)
    for (let i = 0; i < longest; i++) {
      const byte = this.byte(what)
      if (i < 5) value |= (byte & 0x7f) << (7 * i)
      if (byte < 0x80) return i < 4 && (byte & 0x40) !== 0 ? value | (-1 << (7 * (i + 1))) : value
    }
    throw this.malformed(`${what} is longer than ${bits} bits`)
  }

  /**
   * A vector's length, refused when `leastBytes` for each item would not fit into what remains, or above `most`: what
   * engines take at most is far more than a runtime has, and would cost gigabytes as objects.
   */
  count(what: string, leastBytes: number, most = 1_000_000): number {
    const count = this.u32(`the number of ${what}`)
    if (count > most) throw this.malformed(`claims ${count} ${what}, limit ${most}`)
    if (count * leastBytes > this.end - this.offset) {
      throw this.malformed(`claims ${count} ${what} in ${this.end - this.offset} bytes`)
    }
    return count
  }

  skip(length: number, what: string): void {
    if (length > this.end - this.offset) {
      throw this.malformed(`${what} claims ${length} bytes, ${this.end - this.offset} remain`)
    }
    this.offset += length
  }

  /** Length-prefixed bytes, as a view. */
  view(what: string): Uint8Array {
    const length = this.u32(`the length of ${what}`)
    const start = this.offset
    this.skip(length, what)
    return this.bytes.subarray(start, start + length)
  }

  /** A length-prefixed UTF-8 name. */
  name(what: string): string {
    const view = this.view(what)
    try {
      return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(view)
    } catch {
      throw this.malformed(`${what} is not UTF-8`)
    }
  }

  /** The error for a fault at the present offset. */
  malformed(problem: string): DrydockError {
    return new DrydockError(
      `malformed wasm: ${this.section} section ${problem} (byte ${this.offset} of ${this.bytes.length})`,
      {
        code: 'BLOB_MALFORMED',
        kind: 'usage',
        hints: ['Build the runtime again, or fetch it again: the file is damaged or no runtime.'],
        details: { section: this.section, offset: this.offset, problem, sizeBytes: this.bytes.length },
      },
    )
  }
}
