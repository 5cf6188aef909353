import type { Changes, StorageKey } from '../stateView.ts'
import { CHILD_MARK, CHILD_ROOT_PREFIX, childPrefix } from '../stateView.ts'
import type { Store } from '../store/store.ts'
import { createBlake2NodeHasher } from './nodeHasher.ts'
import { NodeWriter } from './nodeWriter.ts'
import type { StateNodes } from './stateNodes.ts'
import { createNodeBase, createTrieBase, EMPTY_TRIE_ROOT, SubTrie } from './subTrie.ts'
import type { Leaf, StateVersion } from './trieNode.ts'
import { recordingHasher } from './trieNodes.ts'
import type { SortedChanges } from './trieUpdate.ts'

const MARK_CODE = CHILD_MARK.charCodeAt(0)
const NO_CHANGES: SortedChanges = { keys: [], values: [] }
const NO_CHILDREN: ReadonlyMap<StorageKey, SortedChanges> = new Map()

/**
 * The Merkle trie over a whole state with its child tries. Immutable and persistent: `apply` gives a successor that shares
 * all subtrees without changes.
 *
 * Only branches over more than 16 keys and what changes touched are in memory; smaller subtrees are read from the store
 * again when a change reaches them, so the store has to stay open and as it is.
 *
 * Each value keeps the encoding of the version under which it was written, as on a chain. A state of which values were
 * written under version 0 before the chain went to 1 can therefore not be rebuilt from its keys and values alone.
 */
export class StateTrie {
  readonly #store: Store
  readonly #baseVersion: StateVersion
  readonly #writer: NodeWriter
  readonly #main: SubTrie
  readonly #children: ReadonlyMap<StorageKey, SubTrie>

  private constructor(parts: TrieParts) {
    this.#store = parts.store
    this.#baseVersion = parts.baseVersion
    this.#writer = parts.writer
    this.#main = parts.main
    this.#children = parts.children
  }

  /**
   * Builds from all entries of `store`, as if written under `version`. The main trie gets the roots of child tries that the
   * store lacks (raw chain specs list child tries apart); those that it has count as they are.
   */
  static build(store: Store, version: StateVersion): StateTrie {
    if (store.nodes !== undefined) return StateTrie.#ofNodes(store, store.nodes)
    const writer = new NodeWriter(createBlake2NodeHasher())
    const children = new Map<StorageKey, SubTrie>()
    const roots: Leaf[] = []
    for (const childKey of [...childKeysOf(store)].sort()) {
      const child = SubTrie.build(writer, createTrieBase(store, childPrefix(childKey), version), [])
      children.set(childKey, child)
      roots.push({ kind: 'leaf', key: CHILD_ROOT_PREFIX + childKey, value: child.rootHash, isHashed: false })
    }
    const main = SubTrie.build(writer, createTrieBase(store, '', version), roots)
    return new StateTrie({ store, baseVersion: version, writer, main, children })
  }

  /** Out of a store of nodes, nothing of which is read yet. Its nodes say how each value was written. */
  static #ofNodes(store: Store, nodes: StateNodes): StateTrie {
    const { onNewNode } = nodes
    const hasher = onNewNode === undefined ? createBlake2NodeHasher() : recordingHasher(onNewNode)
    const writer = new NodeWriter(hasher)
    const main = SubTrie.ofNodes(writer, createNodeBase(nodes, null), nodes.root)
    const roots = [...nodes.unlistedChildren].map(([key, root]) => [CHILD_ROOT_PREFIX + key, root] as const)
    const whole = main.apply(sortMap(new Map(roots)), 0)
    return new StateTrie({ store, baseVersion: 0, writer, main: whole, children: new Map() })
  }

  /** Root of the main trie: what a header carries as its state root. Do not write to it. */
  get rootHash(): Uint8Array {
    return this.#main.rootHash
  }

  /** Root of the default child trie with the unprefixed key `childKey`; `EMPTY_TRIE_ROOT` when there is none. */
  childRoot(childKey: StorageKey): Uint8Array {
    return this.#child(childKey).rootHash
  }

  /** `childRoot` as it would be after `changes`; changes to other tries are ignored. */
  childRootAfter(childKey: StorageKey, changes: Changes, version: StateVersion): Uint8Array {
    const childChanges = sortChanges(changes).children.get(childKey) ?? NO_CHANGES
    return this.#child(childKey).apply(childChanges, version).rootHash
  }

  /**
   * What `ext_storage_root` has to write into the main trie for `changes`: the root of each child trie that they touch under
   * its key there, null for one that has become empty.
   */
  changedChildRoots(changes: Changes, version: StateVersion): Map<StorageKey, Uint8Array | null> {
    const roots = new Map<StorageKey, Uint8Array | null>()
    if (!hasChildKeys(changes)) return roots
    for (const [childKey, childChanges] of sortChanges(changes).children) {
      const child = this.#child(childKey).apply(childChanges, version)
      roots.set(CHILD_ROOT_PREFIX + childKey, child.isEmpty ? null : child.rootHash)
    }
    return roots
  }

  /**
   * The trie after `changes`, whose values are written under `version`. Roots of changed child tries are written to the main
   * trie as well, whatever `changes` say of them, so it is the same whether the caller has added `changedChildRoots` or not.
   */
  apply(changes: Changes, version: StateVersion): StateTrie {
    const sorted = sortChanges(changes)
    if (sorted.children.size === 0) return this.#with(this.#main.apply(sorted.main, version), this.#children)
    const children = new Map(this.#children)
    const main = new Map<StorageKey, Uint8Array | null>()
    for (const [index, key] of sorted.main.keys.entries()) main.set(key, sorted.main.values[index] ?? null)
    for (const [childKey, childChanges] of sorted.children) {
      const child = this.#child(childKey).apply(childChanges, version)
      children.set(childKey, child)
      main.set(CHILD_ROOT_PREFIX + childKey, child.isEmpty ? null : child.rootHash)
    }
    return this.#with(this.#main.apply(sortMap(main), version), children)
  }

  #child(childKey: StorageKey): SubTrie {
    const child = this.#children.get(childKey)
    if (child !== undefined) return child
    const { nodes } = this.#store
    if (nodes !== undefined) {
      const root = nodes.childRoot(childKey) ?? EMPTY_TRIE_ROOT
      return SubTrie.ofNodes(this.#writer, createNodeBase(nodes, childKey), root)
    }
    return SubTrie.empty(this.#writer, createTrieBase(this.#store, childPrefix(childKey), this.#baseVersion))
  }

  #with(main: SubTrie, children: ReadonlyMap<StorageKey, SubTrie>): StateTrie {
    if (main === this.#main && children === this.#children) return this
    return new StateTrie({
      store: this.#store,
      baseVersion: this.#baseVersion,
      writer: this.#writer,
      main,
      children,
    })
  }
}

interface TrieParts {
  readonly store: Store
  readonly baseVersion: StateVersion
  readonly writer: NodeWriter
  readonly main: SubTrie
  readonly children: ReadonlyMap<StorageKey, SubTrie>
}

/** Unprefixed keys of the child tries in the store, not in their own order. Skips from one to the next. */
function* childKeysOf(store: Store): Iterable<StorageKey> {
  let key = store.nextKey(CHILD_MARK)
  while (key !== null) {
    const childKey = childKeyOf(key)
    yield childKey
    key = store.nextKey(childPrefix(childKey) + CHILD_MARK)
  }
}

function childKeyOf(key: StorageKey): StorageKey {
  return key.slice(1, key.indexOf(CHILD_MARK, 1))
}

interface ChangesByTrie {
  readonly main: SortedChanges
  readonly children: ReadonlyMap<StorageKey, SortedChanges>
}

function hasChildKeys(changes: Changes): boolean {
  for (const key of changes.keys()) if (key.charCodeAt(0) === MARK_CODE) return true
  return false
}

function sortChanges(changes: Changes): ChangesByTrie {
  if (!hasChildKeys(changes)) return { main: sortMap(changes), children: NO_CHILDREN }
  const main = new Map<StorageKey, Uint8Array | null>()
  const children = new Map<StorageKey, Map<StorageKey, Uint8Array | null>>()
  for (const [key, value] of changes) {
    if (key.charCodeAt(0) !== MARK_CODE) {
      main.set(key, value)
      continue
    }
    const childKey = childKeyOf(key)
    const child = children.get(childKey) ?? new Map<StorageKey, Uint8Array | null>()
    child.set(key.slice(childKey.length + 2), value)
    children.set(childKey, child)
  }
  return {
    main: sortMap(main),
    children: new Map([...children].map(([childKey, child]) => [childKey, sortMap(child)])),
  }
}

function sortMap(changes: Changes): SortedChanges {
  const keys = [...changes.keys()]
  if (isAscending(keys)) return { keys, values: [...changes.values()] }
  keys.sort()
  return { keys, values: keys.map((key) => changes.get(key) ?? null) }
}

function isAscending(keys: readonly StorageKey[]): boolean {
  return keys.every((key, i) => i === 0 || (keys[i - 1] ?? '') < key)
}
