import { bytesToBinary } from '../../base/bytes.ts'
import { encodeCompact } from '../../codec/scale.ts'
import type { StorageKey } from '../stateView.ts'
import { createBlake2NodeHasher, type NodeHasher } from './nodeHasher.ts'
import { NodeWriter } from './nodeWriter.ts'
import { TrieBuilder } from './trieBuilder.ts'
import type { StateVersion } from './trieNode.ts'

/** A key, as a binary string, and a value. */
export type TrieEntry = readonly [key: StorageKey, value: Uint8Array]

/**
 * Root of the trie of `entries`, in any order; of entries with equal keys the last one counts. As in
 * `ext_trie_blake2_256_root`. Pass one `hasher` to many calls: making one
 * takes longer than a small trie does.
 */
export function trieRoot(
  entries: Iterable<TrieEntry>,
  version: StateVersion,
  hasher: NodeHasher = createBlake2NodeHasher(),
): Uint8Array {
  return rootOf([...new Map(entries)], version, hasher)
}

/**
 * Root of the trie that has each value under the SCALE compact of its index, as in `ext_trie_blake2_256_ordered_root`; a
 * block's extrinsics root is such a one.
 */
export function orderedTrieRoot(
  values: readonly Uint8Array[],
  version: StateVersion,
  hasher: NodeHasher = createBlake2NodeHasher(),
): Uint8Array {
  const entries = values.map((value, i): TrieEntry => [bytesToBinary(encodeCompact(i)), value])
  return rootOf(entries, version, hasher)
}

/** Sorts `entries`, of which no two have the same key. */
function rootOf(entries: TrieEntry[], version: StateVersion, hasher: NodeHasher): Uint8Array {
  entries.sort(([a], [b]) => (a < b ? -1 : 1))
  const writer = new NodeWriter(hasher)
  writer.reset()
  const builder = new TrieBuilder(writer)
  for (const [key, value] of entries) builder.add(key, value, version)
  builder.finish()
  return writer.rootHash() ?? writer.hashValue(EMPTY_NODE)
}

const EMPTY_NODE = new Uint8Array([0])
