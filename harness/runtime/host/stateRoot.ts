import type { StateVersion } from '../../state/chainState.ts'
import { mergeChanges } from '../../state/layer.ts'
import type { Overlay } from '../../state/overlay.ts'
import { CHILD_ROOT_PREFIX, type Changes, type StorageKey } from '../../state/stateView.ts'

/**
 * Computes the roots of the child tries that the block has changed, writes them to the overlay, and returns the main root
 * (32 bytes).
 *
 * PERF: from the end of the block before, with all changes since at once, so that branches near the root are hashed once.
 */
export function stateRoot(overlay: Overlay, version: StateVersion): Uint8Array {
  const trie = overlay.state.backend.trie(version)
  const changes = blockChanges(overlay)
  for (const [key, root] of trie.changedChildRoots(changes, version)) writeRoot(overlay, key, root)
  const after = trie.apply(changes, version)
  overlay.trieAfter = after
  return after.rootHash
}

/** Root of one child trie with the block's changes, written to the overlay as the main root's computation would. */
export function childRoot(overlay: Overlay, childKey: StorageKey, version: StateVersion): Uint8Array {
  const trie = overlay.state.backend.trie(version)
  const changes = blockChanges(overlay)
  const key = CHILD_ROOT_PREFIX + childKey
  const root = trie.changedChildRoots(changes, version).get(key)
  if (root === undefined) return trie.childRoot(childKey)
  writeRoot(overlay, key, root)
  return trie.childRootAfter(childKey, changes, version)
}

function blockChanges(overlay: Overlay): Changes {
  return mergeChanges(overlay.state.changesSinceBackend(), overlay.changes())
}

function writeRoot(overlay: Overlay, key: StorageKey, root: Uint8Array | null): void {
  if (root === null) overlay.delete(key)
  else overlay.set(key, root)
}
