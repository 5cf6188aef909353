import type { Changes, StorageKey } from './stateView.ts'

/** A larger map is not made; one that has grown by being handed on stays. */
const MAX_KEYS = 65_536

/**
 * The newest value of each key that some layers of changes have, oldest layer first.
 *
 * Any state can find it in its layers. The state that is read most, the newest of its chain, has them in one map beside;
 * its successor takes that over and the older state goes on with its layers, so that one map serves a chain however long.
 *
 * PERF: three layers take two more look-ups for most keys, 1 to 2 % of a heavy block. The map is made once it would have paid:
 * after as many reads as the layers have keys.
 */
export class ChangedValues {
  readonly #layers: readonly { readonly changes: Changes }[]
  readonly #keyCount: number
  #inOne: Map<StorageKey, Uint8Array | null> | null = null
  #reads = 0

  constructor(layers: readonly { readonly changes: Changes }[]) {
    this.#layers = layers
    this.#keyCount = layers.reduce((count, { changes }) => count + changes.size, 0)
  }

  /** Null when it is deleted, undefined when no layer has it. */
  get(key: StorageKey): Uint8Array | null | undefined {
    return this.#inOne === null ? this.#find(key) : this.#inOne.get(key)
  }

  /** Takes the map of `older`: these layers have the values of its layers with `changes` over them. */
  takeOver(older: ChangedValues, changes: Changes): void {
    const map = older.#inOne
    older.#inOne = null
    this.#reads = older.#reads
    if (map !== null) for (const [key, value] of changes) map.set(key, value)
    this.#inOne = map
  }

  #find(key: StorageKey): Uint8Array | null | undefined {
    const layers = this.#layers
    if (layers.length > 1) this.#countRead()
    for (let i = layers.length - 1; i >= 0; i--) {
      const value = layers[i]?.changes.get(key)
      if (value !== undefined) return value
    }
    return undefined
  }

  #countRead(): void {
    this.#reads++
    if (this.#reads < this.#keyCount || this.#keyCount > MAX_KEYS) return
    this.#reads = 0
    this.#inOne = new Map()
    for (const { changes } of this.#layers) for (const [key, value] of changes) this.#inOne.set(key, value)
  }
}
