import { lowerBound } from './sortedKeys.ts'
import type { Changes, StorageKey } from './stateView.ts'

/** A frozen set of changes with its keys in order; sorted when first asked. */
export class Layer {
  readonly changes: Changes
  #sorted: readonly StorageKey[] | null = null
  #cursor = 0

  constructor(changes: Changes) {
    this.changes = changes
  }

  /**
   * `newer` over `older`.
   *
   * PERF: blocks mostly change keys that were changed before, so where the older layer is in order, only the keys that it
   * lacks are sorted into its list, and it shares the list when it lacks none. Sorting 3,000 keys again in every block took a
   * tenth of it.
   */
  static merge(older: Layer, newer: Layer): Layer {
    const { changes, added } = mergeNoting(older.changes, newer.changes)
    const layer = new Layer(changes)
    if (older.#sorted !== null) layer.#sorted = insertSorted(older.#sorted, added.sort())
    return layer
  }

  get sortedKeys(): readonly StorageKey[] {
    this.#sorted ??= [...this.changes.keys()].sort()
    return this.#sorted
  }

  /** The smallest changed key above `key`, deleted ones included. */
  nextKey(key: StorageKey): StorageKey | null {
    const keys = this.sortedKeys
    // PERF: runtimes iterate, so the answer is nearly always after the last one (1.1 us for a search of 100k keys).
    if (keys[this.#cursor] !== key) this.#cursor = lowerBound(keys, key)
    if (keys[this.#cursor] === key) this.#cursor++
    return keys[this.#cursor] ?? null
  }

  /** The changed keys that start with `prefix`, in order. */
  keysWithPrefix(prefix: StorageKey): StorageKey[] {
    const keys = this.sortedKeys
    const found: StorageKey[] = []
    for (let i = lowerBound(keys, prefix); i < keys.length; i++) {
      const key = keys[i] ?? ''
      if (!key.startsWith(prefix)) break
      found.push(key)
    }
    return found
  }
}

/** `newer` over `older`. */
export function mergeChanges(older: Changes, newer: Changes): Changes {
  if (older.size === 0) return newer
  if (newer.size === 0) return older
  return mergeNoting(older, newer).changes
}

/** `newer` over `older`, and the keys that only `newer` has. */
function mergeNoting(older: Changes, newer: Changes): { changes: Changes; added: StorageKey[] } {
  const changes = new Map(older)
  const added: StorageKey[] = []
  let size = changes.size
  for (const [key, value] of newer) {
    changes.set(key, value)
    if (changes.size === size) continue
    size++
    added.push(key)
  }
  return { changes, added }
}

/** Both in order and without a key in common; the result is in order. PERF: compares log(n) times for each added key. */
function insertSorted(known: readonly StorageKey[], added: readonly StorageKey[]): readonly StorageKey[] {
  if (added.length === 0) return known
  const all = [...known, ...added]
  let end = known.length
  for (let i = added.length - 1; i >= 0; i--) {
    const key = added[i] ?? ''
    const at = lowerBound(known, key)
    for (let from = end - 1; from >= at; from--) all[from + i + 1] = all[from] ?? ''
    all[at + i] = key
    end = at
  }
  return all
}
