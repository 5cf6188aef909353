const FIRST_CHUNK_BYTES = 64 * 1024
const MAX_CHUNK_BYTES = 16 * 1024 * 1024

/** Byte strings of a build, end to end in a few large chunks: no object per string, and growing copies nothing. */
export class ByteArena {
  /** Where the last reservation stands: a chunk, and an offset in it. */
  chunkIndex = -1
  offset = 0
  #chunks: Uint8Array[] = []
  #used = 0

  /** Finds room for `length` bytes in one chunk, and returns that chunk. */
  reserve(length: number): Uint8Array {
    let chunk = this.#chunks.at(-1)
    if (chunk === undefined || chunk.length - this.#used < length) {
      const usual = chunk === undefined ? FIRST_CHUNK_BYTES : Math.min(MAX_CHUNK_BYTES, chunk.length * 2)
      chunk = new Uint8Array(Math.max(usual, length))
      this.#chunks.push(chunk)
      this.#used = 0
    }
    this.chunkIndex = this.#chunks.length - 1
    this.offset = this.#used
    this.#used += length
    return chunk
  }

  chunk(index: number): Uint8Array {
    const chunk = this.#chunks[index]
    if (chunk === undefined) throw new RangeError(`no chunk ${index} of ${this.#chunks.length}`)
    return chunk
  }

  clear(): void {
    this.#chunks = []
  }
}
