import { bytesToBinary, isEqualBytes } from '../../base/bytes.ts'
import type { StorageKey } from '../stateView.ts'
import { nibbleAt } from './nibbles.ts'
import { createBlake2NodeHasher, type NodeHasher } from './nodeHasher.ts'
import { continuesWith, decodeNode, encodeNode, type ProofNode } from './proofNode.ts'
import { MAX_INLINE_VALUE, type StateVersion } from './trieNode.ts'
import { type TrieEntry, trieRoot } from './trieRoot.ts'

const HASH_BYTES = 32

/** A whole trie as a storage proof. */
export interface TrieProof {
  readonly root: Uint8Array
  /** Everything that is referred to by its hash: encoded nodes, the root included, and hashed values. In no order. */
  readonly nodes: readonly Uint8Array[]
}

/** A proof of all `entries`, in any order: what a storage proof has that was recorded while each key was read. */
export function createTrieProof(entries: Iterable<TrieEntry>, version: StateVersion): TrieProof {
  const nodes = new Map<string, Uint8Array>()
  const hasher = createBlake2NodeHasher()
  const recorder: NodeHasher = {
    reserve: hasher.reserve,
    hash(start, length, out) {
      const node = hasher.reserve(0).slice(start, start + length)
      nodes.set(bytesToBinary(node), node)
      hasher.hash(start, length, out)
    },
  }
  const root = trieRoot(entries, version, recorder)
  return { root, nodes: [...nodes.values()] }
}

/** That the trie with `root` has `value` under `key`, and what is to prove it. */
export interface TrieClaim {
  readonly root: Uint8Array
  readonly proof: readonly Uint8Array[]
  readonly key: StorageKey
  readonly value: Uint8Array
  readonly version: StateVersion
}

/** A node on the path to the key, as the proof has it. */
interface PathNode {
  readonly node: ProofNode
  /** Nibbles before its partial key. */
  readonly depth: number
  /** It stands within its parent instead of being referred to by hash. */
  readonly isInline: boolean
}

/**
 * Checks a compact proof as `ext_trie_blake2_256_verify_proof` does: the nodes on the path from the root in order, in which
 * the value and the hash of the next node are left out (as an empty value or none, and as an empty child). They are put
 * back in and the root is computed. False as well when anything is malformed, left in that should be out, or left over.
 *
 * @see https://github.com/paritytech/trie/blob/0aa305d6d0da5aa954c22925611ff22572748e77/trie-db/src/proof/verify.rs
 */
export function verifyTrieProof(claim: TrieClaim, hasher: NodeHasher = createBlake2NodeHasher()): boolean {
  const path = pathToKey(claim)
  if (path === null) return false
  let below = encodeLast(path.pop(), claim, hasher)
  for (let entry = path.pop(); entry !== undefined && below !== null; entry = path.pop()) {
    below = encodeAbove(entry, below, claim.key, hasher)
  }
  return below !== null && isEqualBytes(below, claim.root)
}

/** Nodes from the root to the one that is to hold the value; null when the proof does not lead there. */
function pathToKey({ proof, key }: TrieClaim): PathNode[] | null {
  const path: PathNode[] = []
  let used = 0
  let depth = 0
  let inline: Uint8Array = NOT_INLINE
  for (;;) {
    const isInline = inline.length > 0
    const encoded = isInline ? inline : proof[used++]
    const node = encoded === undefined ? null : decodeNode(encoded)
    if (node === null || !continuesWith(key, depth, node.partial)) return null
    path.push({ node, depth, isInline })
    depth += node.partial.length
    if (depth === 2 * key.length) return isValueLeftOut(node) && used === proof.length ? path : null
    const child = node.children[nibbleAt(key, depth)]
    if (child === undefined || child === null || child.length === HASH_BYTES) return null
    inline = child
    depth++
  }
}

const NOT_INLINE = new Uint8Array(0)

function isValueLeftOut({ kind, value, isHashed }: ProofNode): boolean {
  return kind === 'branch' ? value === null : !isHashed && value?.length === 0
}

/** The Merkle value of the node that holds the proven value. */
function encodeLast(last: PathNode | undefined, claim: TrieClaim, hasher: NodeHasher): Uint8Array | null {
  if (last === undefined) return null
  const isHashed = claim.version === 1 && claim.value.length > MAX_INLINE_VALUE
  const value = isHashed ? digest(claim.value, hasher) : claim.value
  const path = { key: claim.key, from: last.depth, to: 2 * claim.key.length }
  const { children } = last.node
  if (!areChildrenShort(children)) return null
  return toMerkleValue(encodeNode({ path, value, isHashed, children }), last, hasher)
}

/** The Merkle value of a branch on the way, with the one of its child put in. */
function encodeAbove(
  { node, depth, isInline }: PathNode,
  below: Uint8Array,
  key: StorageKey,
  hasher: NodeHasher,
): Uint8Array | null {
  const to = depth + node.partial.length
  const children = node.children.with(nibbleAt(key, to), below)
  if (!areChildrenShort(children)) return null
  const encoded = encodeNode({ ...node, path: { key, from: depth, to }, children })
  return toMerkleValue(encoded, { node, depth, isInline }, hasher)
}

function areChildrenShort(children: readonly (Uint8Array | null)[]): boolean {
  return children.every((child) => child === null || child.length <= HASH_BYTES)
}

function toMerkleValue(encoded: Uint8Array, { isInline }: PathNode, hasher: NodeHasher): Uint8Array | null {
  if (!isInline) return digest(encoded, hasher)
  return encoded.length <= HASH_BYTES ? encoded : null
}

function digest(bytes: Uint8Array, hasher: NodeHasher): Uint8Array {
  hasher.reserve(Math.max(bytes.length, HASH_BYTES)).set(bytes)
  hasher.hash(0, bytes.length, 0)
  return hasher.reserve(0).slice(0, HASH_BYTES)
}
