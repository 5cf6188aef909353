import { CHILD_MARK, CHILD_ROOT_PREFIX, type StorageKey } from '../../stateView.ts'
import { EMPTY_TRIE_ROOT } from '../../trie/subTrie.ts'
import type { StateVersion } from '../../trie/trieNode.ts'
import { writeTrieNodes } from '../../trie/trieNodes.ts'
import type { StoreEntry } from '../store.ts'
import { NodeCache } from './nodeCache.ts'
import { NodeStore } from './nodeStore.ts'

export interface CreateNodeStoreOptions {
  /** Folder of the cache that takes the nodes. */
  readonly cachePath: string
  /** How a key's value is written. Default: version 1 for all. */
  readonly versionOf?: (key: StorageKey) => StateVersion
}

/**
 * Writes a whole state as trie nodes, from entries in any order; of entries with equal keys the last one counts. The state
 * root is that of a chain when the entries name the roots of their child tries, as a chain's state does.
 */
export async function createNodeStore(
  entries: Iterable<StoreEntry>,
  { cachePath, versionOf = () => 1 }: CreateNodeStoreOptions,
): Promise<NodeStore> {
  const cache = NodeCache.open(cachePath)
  const { main, children } = splitTries(entries)
  const write = (trie: ReadonlyMap<StorageKey, Uint8Array>): Uint8Array => {
    const sorted = [...trie].sort(([a], [b]) => (a < b ? -1 : 1))
    const versioned = sorted.map(([key, value]) => [key, value, versionOf(key)] as const)
    return writeTrieNodes(versioned, (_, bytes) => cache.put(bytes)) ?? EMPTY_TRIE_ROOT
  }
  const roots = [...children].map(([childKey, trie]) => [childKey, write(trie)] as const)
  const root = write(main)
  await cache.flush()
  const unlistedChildren = new Map(roots.filter(([childKey]) => !main.has(CHILD_ROOT_PREFIX + childKey)))
  const keyCount = [...children.values()].reduce((sum, trie) => sum + trie.size, main.size)
  return new NodeStore({ cache, root, unlistedChildren, keyCount, ownsCache: true })
}

interface Tries {
  readonly main: ReadonlyMap<StorageKey, Uint8Array>
  readonly children: ReadonlyMap<StorageKey, ReadonlyMap<StorageKey, Uint8Array>>
}

function splitTries(entries: Iterable<StoreEntry>): Tries {
  const main = new Map<StorageKey, Uint8Array>()
  const children = new Map<StorageKey, Map<StorageKey, Uint8Array>>()
  for (const [key, value] of entries) {
    if (!key.startsWith(CHILD_MARK)) {
      main.set(key, value)
      continue
    }
    const end = key.indexOf(CHILD_MARK, 1)
    const childKey = key.slice(1, end)
    const child = children.get(childKey) ?? new Map<StorageKey, Uint8Array>()
    child.set(key.slice(end + 1), value)
    children.set(childKey, child)
  }
  return { main, children }
}
