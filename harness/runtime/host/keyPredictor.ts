import type { StorageKey } from '../../state/stateView.ts'

/** More keys than most blocks read; of a call that reads more, those that come later are not learned. */
const MAX_KEYS = 32_768
/** Longer keys are not learned. Maps under three hashed accounts have 176. */
const LONGEST_KEY = 176
const MEAN_WORDS = 24
/** A power of two: how many keys back a repetition may begin. */
const HISTORY = 65_536

/**
 * Guesses which storage key a runtime passes next: the one that came after the last one when that came before. A guess that
 * is right, byte for byte, saves making the string; and since it is the same string each time, maps find it by its identity.
 *
 * PERF: blocks ask for much the same in much the same order, so 99 of 100 guesses in a heavy block of 3,300 keys are right, and
 * it takes 4 % less. What makes it fast is that everything lies in the order of use: a table by hash of the bytes answered
 * 96 of 100, and lost more in cache misses than it saved.
 */
export class KeyPredictor {
  #keys: StorageKey[] = []
  #ids = new Map<StorageKey, number>()
  /** Where the bytes of each key begin in `#words`, padded with zeros to whole words. */
  readonly #starts = new Int32Array(MAX_KEYS + 1)
  readonly #words = new Int32Array(MAX_KEYS * MEAN_WORDS)
  /** Which keys came one after the other, as a ring; places count on without end. */
  readonly #history = new Int32Array(HISTORY)
  #length = 0
  /** The place of the next guess. */
  #guess = 0
  /** The newest place of each key. */
  readonly #places = new Float64Array(MAX_KEYS)
  #isFull = false

  /** Makes room between calls when a call has shown more keys than can be kept. */
  begin(): void {
    if (!this.#isFull) return
    this.#isFull = false
    this.#keys = []
    this.#ids = new Map()
    this.#length = 0
    this.#guess = 0
  }

  /** The key in `length` bytes of `memory` from the byte `start`, when it is the one expected here; else `note` is to follow. */
  take(memory: Int32Array, start: number, length: number): StorageKey | undefined {
    const guess = this.#guess
    if (guess >= this.#length || guess <= this.#length - HISTORY || (start & 3) !== 0) return undefined
    const id = this.#history[guess & (HISTORY - 1)] ?? 0
    const key = this.#keys[id]
    if (key === undefined || key.length !== length) return undefined
    const words = this.#words
    let own = this.#starts[id] ?? 0
    let word = start >>> 2
    for (const end = own + (length >>> 2); own < end; own++, word++) {
      if (words[own] !== memory[word]) return undefined
    }
    const rest = length & 3
    if (rest !== 0 && words[own] !== ((memory[word] ?? 0) & ((1 << (8 * rest)) - 1))) return undefined
    this.#append(id)
    this.#guess = guess + 1
    return key
  }

  /** Told of a key that was not expected; returns it, as the string that it was when it came first. */
  note(key: StorageKey): StorageKey {
    const known = this.#ids.get(key)
    const id = known ?? this.#learn(key)
    if (id === null) return key
    this.#guess = known === undefined ? this.#length + 1 : (this.#places[id] ?? 0) + 1
    this.#append(id)
    return this.#keys[id] ?? key
  }

  #append(id: number): void {
    this.#places[id] = this.#length
    this.#history[this.#length & (HISTORY - 1)] = id
    this.#length++
  }

  /** The number of a new key; null when it is not kept. */
  #learn(key: StorageKey): number | null {
    if (key.length > LONGEST_KEY) return null
    const id = this.#keys.length
    const start = this.#starts[id] ?? 0
    const end = start + ((key.length + 3) >>> 2)
    if (id === MAX_KEYS || end > this.#words.length) {
      this.#isFull = true
      return null
    }
    this.#words.fill(0, start, end)
    for (let i = 0; i < key.length; i++) {
      const word = start + (i >>> 2)
      this.#words[word] = (this.#words[word] ?? 0) | (key.charCodeAt(i) << (8 * (i & 3)))
    }
    this.#starts[id + 1] = end
    this.#keys.push(key)
    this.#ids.set(key, id)
    return id
  }
}
