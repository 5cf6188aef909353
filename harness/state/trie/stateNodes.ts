import type { StorageKey } from '../stateView.ts'
import type { Branch, Leaf } from './trieNode.ts'
import type { OnTrieNode } from './trieNodes.ts'

/** What a store of trie nodes offers to whoever computes the state after a block. */
export interface StateNodes {
  /** Of the main trie, 32 bytes. */
  readonly root: Uint8Array
  /** Root of a child trie by its unprefixed key; null when the state has none. */
  childRoot(childKey: StorageKey): Uint8Array | null
  /** Child tries that the main trie does not name, as in a chain spec. */
  readonly unlistedChildren: ReadonlyMap<StorageKey, Uint8Array>
  /** Told of every node and hashed value of states that are computed from this one. */
  readonly onNewNode?: OnTrieNode
  /** The node at a place. */
  link(place: NodePlace): Branch | Leaf
}

/** Where a node stands in a state. */
export interface NodePlace {
  /** Null for the main trie. */
  readonly childKey: StorageKey | null
  /** Binary: the hash of the node, or the node itself when it is shorter. */
  readonly merkleValue: string
  /** A key whose first `depth` nibbles lead to the node. */
  readonly path: StorageKey
  readonly depth: number
}
