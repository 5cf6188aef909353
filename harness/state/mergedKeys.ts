import type { StateView, StorageKey } from './stateView.ts'

/** The keys of changes that lie over a view, deleted ones included. */
export interface ChangedKeys {
  nextKey(key: StorageKey): StorageKey | null
}

/** The newest value of a changed key; null when it is deleted, undefined when it is not changed. */
export type ChangeOf = (key: StorageKey) => Uint8Array | null | undefined

/** One of the ordered lists that are walked side by side. */
interface Walk {
  readonly keys: ChangedKeys
  /** Its smallest key above the last one passed by; null at its end. */
  ahead: StorageKey | null
}

/**
 * The keys of `view` with changes over it, whose keys `sources` list; none of them may change. Deleted keys are passed over; a
 * key that a source lists and `changeOf` does not know (undone by a rollback) counts as not listed.
 *
 * PERF: runtimes iterate, so where each source stands is kept, the nearest first: a question that goes on from the last answer
 * asks on only those that had it, and mostly compares one key with one other. Asking all of them, of which most have no
 * key near and search for it, took four times as long.
 */
export class MergedKeys {
  readonly #view: Walk
  /** In the order of the keys ahead. */
  readonly #walks: Walk[]
  readonly #changeOf: ChangeOf
  /** What `ahead` is above; null before the first question. */
  #passed: StorageKey | null = null
  #answer: StorageKey | null = null

  constructor(view: StateView, sources: readonly ChangedKeys[], changeOf: ChangeOf) {
    this.#changeOf = changeOf
    this.#view = { keys: view, ahead: null }
    this.#walks = [this.#view, ...sources.map((keys): Walk => ({ keys, ahead: null }))]
  }

  /** The smallest present key above `key`. */
  nextKey(key: StorageKey): StorageKey | null {
    if (key === this.#answer) this.#passBy(key)
    else this.#seek(key)
    for (;;) {
      const nearest = this.#walks[0]?.ahead ?? null
      this.#answer = nearest
      if (nearest === null) return null
      const changed = this.#changeOf(nearest)
      if (changed === undefined ? nearest === this.#view.ahead : changed !== null) return nearest
      this.#passBy(nearest)
    }
  }

  /** Steps over `key`, which is the nearest ahead. */
  #passBy(key: StorageKey): void {
    for (let first = this.#walks[0]; first?.ahead === key; first = this.#walks[0]) {
      first.ahead = first.keys.nextKey(key)
      this.#moveIntoOrder(0)
    }
    this.#passed = key
  }

  #seek(key: StorageKey): void {
    const isForward = this.#passed !== null && this.#passed <= key
    for (const walk of this.#walks) {
      if (isForward && (walk.ahead === null || key < walk.ahead)) continue
      walk.ahead = walk.keys.nextKey(key)
    }
    for (let i = this.#walks.length - 2; i >= 0; i--) this.#moveIntoOrder(i)
    this.#passed = key
  }

  /** Moves the walk at `index` back to where its key belongs among those after it, which are in order. */
  #moveIntoOrder(index: number): void {
    const walks = this.#walks
    const walk = walks[index]
    if (walk === undefined) return
    let at = index
    for (let next = walks[at + 1]; next !== undefined && isBefore(next, walk); next = walks[at + 1]) {
      walks[at++] = next
    }
    walks[at] = walk
  }
}

function isBefore(a: Walk, b: Walk): boolean {
  return a.ahead !== null && (b.ahead === null || a.ahead < b.ahead)
}
