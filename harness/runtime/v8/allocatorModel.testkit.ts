/**
 * The host's allocator once more, as plain code over plain numbers, for tests of the one in wasm.
 *
 * @see https://github.com/paritytech/polkadot-sdk/blob/polkadot-stable2503/substrate/client/allocator/src/freeing_bump.rs
 */
const HEADER_BYTES = 8
const ORDERS = 23
const LARGEST = 33_554_432
const PAGE_BYTES = 65_536

export class AllocatorModel {
  readonly #maxPages: number
  readonly #free: number[][] = Array.from({ length: ORDERS }, () => [])
  /** Order of each occupied chunk by its pointer. */
  readonly #occupied = new Map<number, number>()
  #end: number
  #pages: number

  constructor(heapBase: number, limits: { readonly pages: number; readonly maxPages: number }) {
    this.#end = Math.ceil(heapBase / 8) * 8
    this.#pages = limits.pages
    this.#maxPages = limits.maxPages
  }

  get pages(): number {
    return this.#pages
  }

  get end(): number {
    return this.#end
  }

  /** The pointer, or why there is none. */
  malloc(size: number): number | 'too large' | 'out of space' {
    if (size > LARGEST) return 'too large'
    let order = 0
    while (8 * 2 ** order < size) order++
    const pointer = this.#free[order]?.pop() ?? this.#bump(8 * 2 ** order + HEADER_BYTES)
    if (typeof pointer === 'number') this.#occupied.set(pointer, order)
    return pointer
  }

  /** False when no occupied chunk is at `pointer`. */
  free(pointer: number): boolean {
    const order = this.#occupied.get(pointer)
    if (order === undefined) return false
    this.#occupied.delete(pointer)
    this.#free[order]?.push(pointer)
    return true
  }

  #bump(bytes: number): number | 'out of space' {
    const needed = Math.ceil((this.#end + bytes) / PAGE_BYTES)
    if (needed > this.#pages) {
      if (this.#pages >= this.#maxPages || needed > this.#maxPages) return 'out of space'
      this.#pages = Math.max(Math.min(2 * this.#pages, this.#maxPages), needed)
    }
    const pointer = this.#end + HEADER_BYTES
    this.#end += bytes
    return pointer
  }
}
