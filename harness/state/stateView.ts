/**
 * What a runtime sees of a chain's state: an ordered map from bytes to bytes.
 *
 * A `StorageKey` is a binary string (see `base/bytes`): one character a byte, so `<` is byte order. Keys of a child trie
 * live in the same map, prefixed by `childPrefix`; U+0100 sorts after every byte, so they follow all keys of the main trie
 * and never mix with them.
 */
export type StorageKey = string

export interface StateView {
  /** The value, or null when absent. The bytes are shared: do not write to them. */
  get(key: StorageKey): Uint8Array | null
  /** The smallest key strictly greater than `key` (which need not exist), child keys included; null at the end. */
  nextKey(key: StorageKey): StorageKey | null
}

/** Starts every key that belongs to a child trie. */
export const CHILD_MARK = '\u0100'

/** Where the root of a default child trie stands in the main trie. */
export const CHILD_ROOT_PREFIX = ':child_storage:default:'

/** What the keys of one default child trie start with; `childKey` is unprefixed, as host functions get it. */
export function childPrefix(childKey: StorageKey): StorageKey {
  return CHILD_MARK + childKey + CHILD_MARK
}

/** Changes over a parent state: null means deleted. Immutable once made. */
export type Changes = ReadonlyMap<StorageKey, Uint8Array | null>
