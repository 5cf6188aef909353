import { decodeCompact, encodeCompact } from '../codec/scale.ts'

const MAX_COUNT = 0xffff_ffff

interface Buffer {
  bytes: Uint8Array
  length: number
}

/**
 * An encoded `Vec` that grows by `storage_append`, as an immutable value.
 *
 * PERF: `System.Events` is appended once an event; versions of one list share a buffer, so an append copies the item and
 * not the list. Only appending to an older version (after a rollback) copies.
 */
export class AppendList {
  readonly #count: number
  readonly #buffer: Buffer
  readonly #length: number

  private constructor(count: number, buffer: Buffer, length: number) {
    this.#count = count
    this.#buffer = buffer
    this.#length = length
  }

  /**
   * Reads only the count of `current`, as sp-state-machine does: a value whose prefix is not a canonical `compact<u32>`
   * starts a new list, and the body is never validated.
   */
  static from(current: Uint8Array | null): AppendList {
    const count = current === null ? null : decodeCompact(current)
    if (current === null || count === null) return AppendList.#empty()
    const body = current.subarray(count.end)
    const bytes = new Uint8Array(Math.max(256, body.length * 2))
    bytes.set(body)
    return new AppendList(count.value, { bytes, length: body.length }, body.length)
  }

  static #empty(): AppendList {
    return new AppendList(0, { bytes: new Uint8Array(256), length: 0 }, 0)
  }

  /** A list with one more item, already SCALE encoded; a full one (2^32 - 1 items) starts anew. */
  append(item: Uint8Array): AppendList {
    if (this.#count === MAX_COUNT) return AppendList.#empty().append(item)
    const owned = this.#buffer.length === this.#length
    const buffer = owned
      ? this.#buffer
      : { bytes: this.#buffer.bytes.slice(0, this.#length), length: this.#length }
    const length = this.#length + item.length
    if (length > buffer.bytes.length) {
      const larger = new Uint8Array(length * 2)
      larger.set(buffer.bytes.subarray(0, this.#length))
      buffer.bytes = larger
    }
    buffer.bytes.set(item, this.#length)
    buffer.length = length
    return new AppendList(this.#count + 1, buffer, length)
  }

  /** The whole encoded list, copied. */
  toBytes(): Uint8Array {
    const prefix = encodeCompact(this.#count)
    const encoded = new Uint8Array(prefix.length + this.#length)
    encoded.set(prefix)
    encoded.set(this.#buffer.bytes.subarray(0, this.#length), prefix.length)
    return encoded
  }
}
