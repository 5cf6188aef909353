import { isEqualBytes } from '../base/bytes.ts'
import type { Changes, StateView, StorageKey } from '../state/stateView.ts'

/** A key that two ways of doing the same left with different values; null is absent. */
export interface ChangeDifference {
  readonly key: StorageKey
  readonly left: Uint8Array | null
  readonly right: Uint8Array | null
}

/** Keys in which `parent` with `left` differs from `parent` with `right`, in byte order. */
export function compareChanges(
  parent: StateView,
  left: Changes,
  right: Changes,
): readonly ChangeDifference[] {
  const differences: ChangeDifference[] = []
  for (const key of new Set([...left.keys(), ...right.keys()])) {
    const ours = changedValue(parent, left, key)
    const theirs = changedValue(parent, right, key)
    if (!isSameValue(ours, theirs)) differences.push({ key, left: ours, right: theirs })
  }
  return differences.sort((a, b) => (a.key < b.key ? -1 : 1))
}

/** The changes that do change something of `parent`. */
export function effectiveChanges(parent: StateView, changes: Changes): Changes {
  const effective = new Map<StorageKey, Uint8Array | null>()
  for (const [key, value] of changes) if (!isSameValue(parent.get(key), value)) effective.set(key, value)
  return effective
}

/** Equal bytes, or both absent. */
export function isSameValue(a: Uint8Array | null, b: Uint8Array | null): boolean {
  return a === null || b === null ? a === b : isEqualBytes(a, b)
}

function changedValue(parent: StateView, changes: Changes, key: StorageKey): Uint8Array | null {
  const value = changes.get(key)
  return value === undefined ? parent.get(key) : value
}
