import type { StateVersion } from '../../state/chainState.ts'
import type { Overlay } from '../../state/overlay.ts'
import { CHILD_ROOT_PREFIX, type StorageKey } from '../../state/stateView.ts'

/** Computes the roots of changed child tries, writes them to the overlay, and returns the main root (32 bytes). */
export function stateRoot(overlay: Overlay, version: StateVersion): Uint8Array {
  const trie = overlay.state.trie(version)
  for (const [key, root] of trie.changedChildRoots(overlay.changes(), version)) writeRoot(overlay, key, root)
  const after = trie.apply(overlay.changes(), version)
  overlay.trieAfter = after
  return after.rootHash
}

/** Root of one child trie with the pending changes, written to the overlay as the main root's computation would. */
export function childRoot(overlay: Overlay, childKey: StorageKey, version: StateVersion): Uint8Array {
  const trie = overlay.state.trie(version)
  const roots = trie.changedChildRoots(overlay.changes(), version)
  const key = CHILD_ROOT_PREFIX + childKey
  const root = roots.get(key)
  if (root === undefined) return trie.childRoot(childKey)
  writeRoot(overlay, key, root)
  return trie.apply(overlay.changes(), version).childRoot(childKey)
}

function writeRoot(overlay: Overlay, key: StorageKey, root: Uint8Array | null): void {
  if (root === null) overlay.delete(key)
  else overlay.set(key, root)
}
