import type { Changes, StateView, StorageKey } from './stateView.ts'

/** One set of changes that lies over a view. */
export interface ChangeSource {
  readonly changes: Changes
  nextKey(key: StorageKey): StorageKey | null
}

/**
 * The next key of `view` with `sources` over it, oldest first. Deleted keys are passed over; a key that a source lists
 * but no longer holds (undone by a rollback) counts as not listed.
 */
export function mergedNextKey(
  view: StateView,
  sources: readonly ChangeSource[],
  key: StorageKey,
): StorageKey | null {
  let inView = view.nextKey(key)
  let after = key
  for (;;) {
    let smallest = inView
    for (const source of sources) {
      const candidate = source.nextKey(after)
      if (candidate !== null && (smallest === null || candidate < smallest)) smallest = candidate
    }
    if (smallest === null) return null
    const changed = newestChange(sources, smallest)
    if (changed === undefined ? smallest === inView : changed !== null) return smallest
    if (smallest === inView) inView = view.nextKey(smallest)
    after = smallest
  }
}

function newestChange(sources: readonly ChangeSource[], key: StorageKey): Uint8Array | null | undefined {
  for (let i = sources.length - 1; i >= 0; i--) {
    const value = sources[i]?.changes.get(key)
    if (value !== undefined) return value
  }
  return undefined
}
