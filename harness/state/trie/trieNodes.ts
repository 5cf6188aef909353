import { bytesToBinary } from '../../base/bytes.ts'
import type { StorageKey } from '../stateView.ts'
import { createBlake2NodeHasher, type NodeHasher } from './nodeHasher.ts'
import { NodeWriter } from './nodeWriter.ts'
import { TrieBuilder } from './trieBuilder.ts'
import type { StateVersion } from './trieNode.ts'

const HASH_BYTES = 32

/** Told of everything that is referred to by its hash: encoded nodes and hashed values. `bytes` is a copy. */
export type OnTrieNode = (hash: StorageKey, bytes: Uint8Array) => void

/** BLAKE2b-256 that tells of each input. */
export function recordingHasher(onNode: OnTrieNode): NodeHasher {
  const hasher = createBlake2NodeHasher()
  return {
    reserve: hasher.reserve,
    hash(start, length, out) {
      const bytes = hasher.reserve(0).slice(start, start + length)
      hasher.hash(start, length, out)
      onNode(bytesToBinary(hasher.reserve(0).slice(out, out + HASH_BYTES)), bytes)
    },
  }
}

/** A key with its value and the state version under which it was written. */
export type VersionedEntry = readonly [key: StorageKey, value: Uint8Array, version: StateVersion]

/** Writes the trie of `entries`, whose keys ascend and differ. Returns its root; null when there is no entry. */
export function writeTrieNodes(entries: Iterable<VersionedEntry>, onNode: OnTrieNode): Uint8Array | null {
  const writer = new NodeWriter(recordingHasher(onNode))
  writer.reset()
  const builder = new TrieBuilder(writer)
  for (const [key, value, version] of entries) builder.add(key, value, version)
  builder.finish()
  return writer.rootHash()
}
