import { binaryToBytes, binaryToHex, bytesToBinary, bytesToHex, isEqualBytes } from '../../../base/bytes.ts'
import { DrydockError } from '../../../base/errors.ts'
import { ReadCache } from '../../readCache.ts'
import { CHILD_MARK, CHILD_ROOT_PREFIX, childPrefix, type StorageKey } from '../../stateView.ts'
import { decodeInline, NodeTrie, type NodeWant, nodeToLink } from '../../trie/nodeTrie.ts'
import type { ProofNode } from '../../trie/proofNode.ts'
import type { NodePlace, StateNodes } from '../../trie/stateNodes.ts'
import { EMPTY_TRIE_ROOT } from '../../trie/subTrie.ts'
import type { Branch, Leaf } from '../../trie/trieNode.ts'
import type { OnTrieNode } from '../../trie/trieNodes.ts'
import type { SharedStore, Store, StoreEntry } from '../store.ts'
import { WaitClock } from '../waitClock.ts'
import { MailboxClient } from './mailbox.ts'
import { NodeCache } from './nodeCache.ts'
import type { NodeCaches } from './nodeCaches.ts'
import type { LiveNodes, SharedNodeStore } from './sharedNodeStore.ts'

export interface NodeStoreOptions {
  readonly cache: NodeCache
  /** Root of the main trie, 32 bytes. */
  readonly root: Uint8Array
  /** Where missing nodes come from. Default: nowhere, and a miss throws `NODE_MISSING`. */
  readonly live?: LiveNodes | null
  /** Told of every node and hashed value that is used, each time. */
  readonly onRead?: (hash: StorageKey, bytes: Uint8Array) => void
  /** Told of every node and hashed value of states that are computed from this one. */
  readonly onNewNode?: OnTrieNode
  /** Counts the time of fetching. Default: a clock that nobody looks at. */
  readonly waits?: WaitClock
  readonly unlistedChildren?: ReadonlyMap<StorageKey, Uint8Array>
  /** When it is known. */
  readonly keyCount?: number
  /** Called once, when the store is closed. */
  readonly onClose?: () => void
  /** Closes the cache with the store. Default: false. */
  readonly ownsCache?: boolean
}

export interface OpenNodeStoreOptions {
  /** Counts the time of fetching. */
  readonly waits?: WaitClock
  /** Caches that the thread has open; they stay open. */
  readonly caches?: NodeCaches
}

const HASH_BYTES = 32
const CACHED_READS = 8192
const MARK_CODE = CHILD_MARK.charCodeAt(0)

/**
 * A state as a partial trie: values, absences and next keys are read by walking nodes from the root, and each node is the one
 * that its hash says. So a state root from a header is all that has to be believed. A node that is missing is fetched while
 * the thread waits, and kept for every later block and run.
 *
 * Nodes say how each value was written, so states of both state versions and mixtures come out right.
 */
export class NodeStore implements Store {
  readonly id: string
  readonly keyCount: number
  readonly nodes: StateNodes
  readonly #options: NodeStoreOptions
  readonly #unlisted: ReadonlyMap<StorageKey, Uint8Array>
  readonly #client: MailboxClient | null
  readonly #values = new ReadCache(CACHED_READS)
  readonly #main: NodeTrie
  readonly #children = new Map<StorageKey, NodeTrie>()
  #prefixes: readonly StorageKey[] | null = null
  #isClosed = false

  constructor(options: NodeStoreOptions) {
    const { root, live, keyCount = 0, unlistedChildren = new Map(), waits = new WaitClock() } = options
    this.#options = options
    this.#unlisted = unlistedChildren
    this.keyCount = keyCount
    this.id = idOf(root, unlistedChildren)
    this.#client = live === undefined || live === null ? null : new MailboxClient(live.mailbox, waits)
    this.#main = this.#trie(null, root)
    this.nodes = {
      root,
      unlistedChildren,
      childRoot: (childKey) => this.#childRoot(childKey),
      link: (place) => this.#link(place),
      ...(options.onNewNode === undefined ? {} : { onNewNode: options.onNewNode }),
    }
  }

  /** Opens what `share` described, with a cache of its own unless `caches` has it. Throws `STORE_UNREADABLE`. */
  static open(
    shared: SharedNodeStore,
    { waits = new WaitClock(), caches }: OpenNodeStoreOptions = {},
  ): NodeStore {
    const { cachePath, ...rest } = shared
    const cache = caches?.open(cachePath) ?? NodeCache.open(cachePath)
    return new NodeStore({ ...rest, cache, ownsCache: caches === undefined, waits })
  }

  get(key: StorageKey): Uint8Array | null {
    this.#assertOpen()
    const known = this.#options.onRead === undefined ? this.#values.get(key) : undefined
    if (known !== undefined) return known
    const value = this.#read(key)
    this.#values.set(key, value)
    return value
  }

  nextKey(key: StorageKey): StorageKey | null {
    this.#assertOpen()
    if (key.charCodeAt(0) >= MARK_CODE) return this.#nextChildKey(key)
    return this.#main.nextKey(key) ?? this.#nextChildKey(CHILD_MARK)
  }

  *range(start: StorageKey, end: StorageKey | null): Iterable<StoreEntry> {
    this.#assertOpen()
    let key: StorageKey | null = this.get(start) === null ? this.nextKey(start) : start
    while (key !== null && (end === null || key < end)) {
      const value = this.get(key)
      if (value === null)
        throw new DrydockError('a key of a range has no value', { code: 'NODE_BUG', kind: 'bug' })
      yield [key, value]
      key = this.nextKey(key)
    }
  }

  share(): SharedStore {
    const { cache, root, live = null } = this.#options
    const { id, keyCount } = this
    return {
      kind: 'nodes',
      id,
      keyCount,
      cachePath: cache.path,
      root,
      unlistedChildren: this.#unlisted,
      live,
    }
  }

  close(): void {
    if (this.#isClosed) return
    this.#isClosed = true
    this.#values.clear()
    if (this.#options.ownsCache === true) void this.#options.cache.close()
    this.#options.onClose?.()
  }

  #read(key: StorageKey): Uint8Array | null {
    if (key.charCodeAt(0) < MARK_CODE || key === '') return this.#main.get(key)
    const end = key.indexOf(CHILD_MARK, 1)
    if (key.charCodeAt(0) > MARK_CODE || end === -1) return null
    return this.#child(key.slice(1, end))?.get(key.slice(end + 1)) ?? null
  }

  /** In the child trie that `key` names, and only if that has none, in those after it. */
  #nextChildKey(key: StorageKey): StorageKey | null {
    const end = key.indexOf(CHILD_MARK, 1)
    if (key.charCodeAt(0) === MARK_CODE && end !== -1) {
      const prefix = key.slice(0, end + 1)
      const next = this.#child(key.slice(1, end))?.nextKey(key.slice(end + 1)) ?? null
      if (next !== null) return prefix + next
    }
    for (const prefix of this.#childPrefixes()) {
      if (prefix <= key) continue
      const first = this.#child(prefix.slice(1, -1))?.firstFrom('') ?? null
      if (first !== null) return prefix + first
    }
    return null
  }

  /** Of every child trie, in the order of the keys of a state. */
  #childPrefixes(): readonly StorageKey[] {
    if (this.#prefixes !== null) return this.#prefixes
    const prefixes = [...this.#unlisted.keys()].map(childPrefix)
    let key = this.#main.firstFrom(CHILD_ROOT_PREFIX)
    for (; key?.startsWith(CHILD_ROOT_PREFIX); key = this.#main.nextKey(key)) {
      prefixes.push(childPrefix(key.slice(CHILD_ROOT_PREFIX.length)))
    }
    this.#prefixes = [...new Set(prefixes)].sort()
    return this.#prefixes
  }

  #child(childKey: StorageKey): NodeTrie | null {
    const known = this.#children.get(childKey)
    if (known !== undefined) return known
    const root = this.#childRoot(childKey)
    if (root === null) return null
    const child = this.#trie(childKey, root)
    this.#children.set(childKey, child)
    return child
  }

  #childRoot(childKey: StorageKey): Uint8Array | null {
    const unlisted = this.#unlisted.get(childKey)
    if (unlisted !== undefined) return unlisted
    const root = this.#main.get(CHILD_ROOT_PREFIX + childKey)
    return root?.length === HASH_BYTES ? root : null
  }

  #trie(childKey: StorageKey | null, root: Uint8Array): NodeTrie {
    const isEmpty = isEqualBytes(root, EMPTY_TRIE_ROOT)
    return new NodeTrie(isEmpty ? null : bytesToBinary(root), {
      node: (want) => this.#node(want, childKey),
      value: (want) => this.#bytes(want, childKey),
    })
  }

  #link({ childKey, merkleValue, path, depth }: NodePlace): Branch | Leaf {
    const node =
      merkleValue.length === HASH_BYTES
        ? this.#node({ hash: merkleValue, key: path, reason: 'next' }, childKey)
        : decodeInline(binaryToBytes(merkleValue))
    return nodeToLink(node, path, depth)
  }

  #node(want: NodeWant, childKey: StorageKey | null): ProofNode {
    const { cache, onRead } = this.#options
    const known = onRead === undefined ? cache.decoded.get(want.hash) : undefined
    if (known !== undefined) return known
    const node = decodeInline(this.#bytes(want, childKey))
    cache.decoded.set(want.hash, node)
    return node
  }

  #bytes(want: NodeWant, childKey: StorageKey | null): Uint8Array {
    this.#assertOpen()
    const { cache, onRead } = this.#options
    const bytes = cache.get(want.hash) ?? this.#fetch(want, childKey)
    onRead?.(want.hash, bytes)
    return bytes
  }

  #fetch(want: NodeWant, childKey: StorageKey | null): Uint8Array {
    const { cache, live } = this.#options
    cache.refresh()
    const known = cache.get(want.hash)
    if (known !== null) return known
    if (this.#client === null || live === undefined || live === null) throw missing(want, childKey)
    this.#client.fetch({ ...want, childKey, block: live.block })
    cache.refresh()
    const fetched = cache.get(want.hash)
    if (fetched === null) throw missing(want, childKey)
    return fetched
  }

  #assertOpen(): void {
    if (this.#isClosed)
      throw new DrydockError(`The store ${this.id} is closed.`, { code: 'STORE_CLOSED', kind: 'bug' })
  }
}

function idOf(root: Uint8Array, unlisted: ReadonlyMap<StorageKey, Uint8Array>): string {
  const children = [...unlisted].map(([key, one]) => `${binaryToHex(key)}=${bytesToHex(one)}`).sort()
  return ['nodes', bytesToHex(root), ...children].join(':')
}

function missing(want: NodeWant, childKey: StorageKey | null): DrydockError {
  const key = binaryToHex(want.key)
  const where = childKey === null ? '' : ` of the child trie ${binaryToHex(childKey)}`
  const shown = key.length > 200 ? `${key.slice(0, 200)}…` : key
  return new DrydockError(`The state at hand does not reach to the key ${shown}${where}.`, {
    code: 'NODE_MISSING',
    kind: 'environment',
    hints: ['Give an endpoint of the chain, so that what is missing can be fetched.'],
    details: { key, childKey: childKey === null ? '' : binaryToHex(childKey), reason: want.reason },
  })
}
