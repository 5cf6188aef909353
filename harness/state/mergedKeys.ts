import type { StateView, StorageKey } from './stateView.ts'

/** The keys of changes that lie over a view, deleted ones included. */
export interface ChangedKeys {
  nextKey(key: StorageKey): StorageKey | null
}

/** The newest value of a changed key; null when it is deleted, undefined when it is not changed. */
export type ChangeOf = (key: StorageKey) => Uint8Array | null | undefined

/**
 * The keys of `view` with changes over it, whose keys `sources` list; none of them may change. Deleted keys are passed over; a
 * key that a source lists and `changeOf` does not know (undone by a rollback) counts as not listed.
 *
 * PERF: runtimes iterate, so where each source stands is kept: a question asks on only those whose key was taken. Asking all
 * of them, of which most have no key near and search for it, took four times as long.
 */
export class MergedKeys {
  readonly #view: StateView
  readonly #sources: readonly ChangedKeys[]
  readonly #changeOf: ChangeOf
  /** The smallest key above `#after` of each source, and of the view in the end. */
  readonly #ahead: (StorageKey | null)[]
  #after: StorageKey | null = null

  constructor(view: StateView, sources: readonly ChangedKeys[], changeOf: ChangeOf) {
    this.#changeOf = changeOf
    this.#view = view
    this.#sources = sources
    this.#ahead = [...sources.map(() => null), null]
  }

  /** The smallest present key above `key`. */
  nextKey(key: StorageKey): StorageKey | null {
    let after = key
    for (;;) {
      this.#moveTo(after)
      const smallest = this.#smallestAhead()
      if (smallest === null) return null
      const changed = this.#changeOf(smallest)
      if (changed === undefined ? smallest === this.#ahead.at(-1) : changed !== null) return smallest
      after = smallest
    }
  }

  #moveTo(after: StorageKey): void {
    const isForward = this.#after !== null && this.#after <= after
    for (let i = 0; i < this.#ahead.length; i++) {
      const known = this.#ahead[i] ?? null
      if (isForward && (known === null || after < known)) continue
      this.#ahead[i] = (this.#sources[i] ?? this.#view).nextKey(after)
    }
    this.#after = after
  }

  #smallestAhead(): StorageKey | null {
    let smallest: StorageKey | null = null
    for (const key of this.#ahead) if (key !== null && (smallest === null || key < smallest)) smallest = key
    return smallest
  }
}
