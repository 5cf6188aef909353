import type { StorageKey } from './stateView.ts'

/**
 * Bounded memory of what a store answered, absence included. Two generations: when the young one is full it becomes the old
 * one, and what was in the old one and not asked for since is forgotten.
 */
export class ReadCache {
  readonly #limit: number
  #young = new Map<StorageKey, Uint8Array | null>()
  #old = new Map<StorageKey, Uint8Array | null>()

  /** Keeps between `limit` and `2 * limit` answers. */
  constructor(limit: number) {
    this.#limit = limit
  }

  /** The remembered answer, null for a key known to be absent; undefined when nothing is remembered. */
  get(key: StorageKey): Uint8Array | null | undefined {
    const young = this.#young.get(key)
    if (young !== undefined) return young
    const old = this.#old.get(key)
    if (old !== undefined) this.set(key, old)
    return old
  }

  set(key: StorageKey, value: Uint8Array | null): void {
    if (this.#young.size >= this.#limit) {
      this.#old = this.#young
      this.#young = new Map()
    }
    this.#young.set(key, value)
  }

  clear(): void {
    this.#young = new Map()
    this.#old = new Map()
  }
}
