import { DrydockError } from '../../base/errors.ts'
import type { StorageKey } from '../stateView.ts'
import { nibbleAt } from './nibbles.ts'
import { continuesWith, decodeNode, type ProofNode } from './proofNode.ts'
import type { Branch, Leaf } from './trieNode.ts'

const HASH_BYTES = 32
const MAX_BYTE = 0xff
/** Sorts after every nibble: what starts with the nibbles before it has all been passed. */
const PAST_NIBBLES = '\x10'

/** Why a node is wanted: `key` lies below it or beside it, so a proof of `key` has the node. */
export interface NodeWant {
  readonly hash: StorageKey
  readonly key: StorageKey
  /** A key's own value or absence, or the way to the next key. */
  readonly reason: 'value' | 'next'
}

/** Where a trie gets its nodes and hashed values. Both are checked against the hash; both throw when they are not available. */
export interface TrieNodes {
  node(want: NodeWant): ProofNode
  value(want: NodeWant): Uint8Array
}

/** Hash to hash from the root: reads one trie out of its nodes, of which the source may have only some. */
export class NodeTrie {
  readonly #nodes: TrieNodes
  /** A binary string; null for a trie without keys. */
  readonly #root: StorageKey | null

  constructor(root: StorageKey | null, nodes: TrieNodes) {
    this.#root = root
    this.#nodes = nodes
  }

  get(key: StorageKey): Uint8Array | null {
    if (this.#root === null) return null
    let node = this.#nodes.node({ hash: this.#root, key, reason: 'value' })
    for (let depth = 0; ; depth++) {
      if (!continuesWith(key, depth, node.partial)) return null
      depth += node.partial.length
      if (depth === 2 * key.length) return this.#valueOf(node, key)
      const child = node.children[nibbleAt(key, depth)]
      if (child === undefined || child === null) return null
      node = this.#child(child, key, 'value')
    }
  }

  /** The smallest key above `key`, which may hold characters that no key has; null at the end. */
  nextKey(key: StorageKey): StorageKey | null {
    return this.#search(key, false)
  }

  /** The smallest key that is `key` or above it. */
  firstFrom(key: StorageKey): StorageKey | null {
    return this.#search(key, true)
  }

  #search(key: StorageKey, isInclusive: boolean): StorageKey | null {
    if (this.#root === null) return null
    const root = this.#nodes.node({ hash: this.#root, key: knownPart(key), reason: 'next' })
    const found = this.#after(root, '', { nibbles: toNibbles(key), isInclusive })
    return found === null ? null : toKey(found)
  }

  /** Nibbles of the smallest key below `node`, which stands at `path`, that lies above what is sought. */
  #after(node: ProofNode, path: string, sought: Sought): string | null {
    const here = path + node.partial
    const { nibbles, isInclusive } = sought
    if (here === nibbles) return isInclusive ? this.#first(node, path) : this.#firstChild(node, here, 0)
    if (!nibbles.startsWith(here)) return here > nibbles ? this.#first(node, path) : null
    const nibble = nibbles.charCodeAt(here.length)
    const child = node.children[nibble]
    if (child !== undefined && child !== null) {
      const below = here + String.fromCharCode(nibble)
      const found = this.#after(this.#child(child, toKey(below), 'next'), below, sought)
      if (found !== null) return found
    }
    return this.#firstChild(node, here, nibble + 1)
  }

  /** Nibbles of the smallest key of the subtree. */
  #first(node: ProofNode, path: string): string {
    const here = path + node.partial
    if (node.value !== null) return here
    const found = this.#firstChild(node, here, 0)
    if (found === null) throw malformed('a branch without a value has no child')
    return found
  }

  #firstChild(node: ProofNode, here: string, from: number): string | null {
    for (let nibble = from; nibble < 16; nibble++) {
      const child = node.children[nibble]
      if (child === undefined || child === null) continue
      const below = here + String.fromCharCode(nibble)
      return this.#first(this.#child(child, toKey(below), 'next'), below)
    }
    return null
  }

  #child(child: Uint8Array, key: StorageKey, reason: NodeWant['reason']): ProofNode {
    if (child.length !== HASH_BYTES) return decodeInline(child)
    return this.#nodes.node({ hash: toBinary(child), key, reason })
  }

  #valueOf(node: ProofNode, key: StorageKey): Uint8Array | null {
    if (node.value === null || !node.isHashed) return node.value
    return this.#nodes.value({ hash: toBinary(node.value), key, reason: 'value' })
  }
}

interface Sought {
  readonly nibbles: string
  readonly isInclusive: boolean
}

/** A node as changes to a trie take it: `path` has the nibbles before it, the first `depth` ones. */
export function nodeToLink(node: ProofNode, path: StorageKey, depth: number): Branch | Leaf {
  const key = toKey(toNibbles(path).slice(0, depth) + node.partial)
  const { value, isHashed } = node
  if (node.kind === 'leaf') {
    if (value === null) throw malformed('a leaf has no value')
    return { kind: 'leaf', key, value, isHashed }
  }
  let bitmap = 0
  let children = ''
  for (const [nibble, child] of node.children.entries()) {
    if (child === null) continue
    if (child.length > HASH_BYTES) throw malformed(`a child is given by ${child.length} bytes`)
    bitmap |= 1 << nibble
    children += String.fromCharCode(child.length << 2) + toBinary(child)
  }
  return {
    kind: 'branch',
    key,
    depth: depth + node.partial.length,
    value,
    isHashed,
    bitmap,
    children,
    links: [],
  }
}

/** Decodes a node that stands inside its parent. */
export function decodeInline(bytes: Uint8Array): ProofNode {
  const node = decodeNode(bytes)
  if (node === null) throw malformed(`${bytes.length} bytes are no node`)
  return node
}

/** One character a nibble. A character that is no byte stands for the end of everything that starts like this. */
function toNibbles(key: StorageKey): string {
  let nibbles = ''
  for (let i = 0; i < key.length; i++) {
    const code = key.charCodeAt(i)
    if (code > MAX_BYTE) return nibbles + PAST_NIBBLES
    nibbles += String.fromCharCode(code >> 4, code & 15)
  }
  return nibbles
}

/** The key of these nibbles; an odd one out is followed by a zero. */
function toKey(nibbles: string): StorageKey {
  let key = ''
  for (let i = 0; i < nibbles.length; i += 2) {
    const low = i + 1 < nibbles.length ? nibbles.charCodeAt(i + 1) : 0
    key += String.fromCharCode((nibbles.charCodeAt(i) << 4) | low)
  }
  return key
}

/** `key` up to the first character that no key has. */
function knownPart(key: StorageKey): StorageKey {
  for (let i = 0; i < key.length; i++) if (key.charCodeAt(i) > MAX_BYTE) return key.slice(0, i)
  return key
}

function toBinary(bytes: Uint8Array): StorageKey {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('latin1')
}

function malformed(what: string): DrydockError {
  return new DrydockError(`The state trie has a node that no chain writes: ${what}.`, {
    code: 'NODE_MALFORMED',
    kind: 'environment',
    hints: ['The block is of another kind of chain: Drydock knows tries of base 16 with BLAKE2b-256.'],
  })
}
