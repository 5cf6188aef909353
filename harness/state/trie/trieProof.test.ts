import { blake2b } from '@noble/hashes/blake2.js'
import { keccak_256 } from '@noble/hashes/sha3.js'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { bytesToBinary, bytesToHex, isEqualBytes } from '../../base/bytes.ts'
import type { StorageKey } from '../stateView.ts'
import {
  createTrieProof,
  keccakTrieRoot,
  type StateVersion,
  type TrieClaim,
  type TrieEntry,
  trieRoot,
  verifyKeccakTrieProof,
  verifyTrieProof,
} from './index.ts'
import { nibbleAt } from './nibbles.ts'
import { decodeNode, encodeNode, type ProofNode } from './proofNode.ts'

const VERSIONS: readonly StateVersion[] = [0, 1]

const key = fc
  .array(fc.constantFrom(0x00, 0x01, 0x10, 0x11, 0xff), { maxLength: 3 })
  .map((bytes) => String.fromCharCode(...bytes))
const value = fc
  .tuple(fc.constantFrom(1, 2, 20, 32, 33, 70), fc.nat(255))
  .map(([length, byte]) => new Uint8Array(length).fill(byte))
const entries = fc.uniqueArray(fc.tuple(key, value), {
  minLength: 1,
  maxLength: 40,
  selector: ([key]) => key,
})

type Hash = (bytes: Uint8Array) => Uint8Array
const blake2_256: Hash = (bytes) => blake2b(bytes, { dkLen: 32 })

/** What trie-db's `generate_proof` gives for one key that is there: the path to it with value and hashes left out. */
function generateProof(
  nodes: readonly Uint8Array[],
  root: Uint8Array,
  key: StorageKey,
  hash: Hash,
): Uint8Array[] {
  const byHash = new Map(nodes.map((node) => [bytesToHex(hash(node)), node]))
  const proof: Uint8Array[] = []
  const strip = (encoded: Uint8Array, depth: number): Uint8Array => {
    const node = decodeNode(encoded)
    if (node === null) throw new Error(`cannot decode ${bytesToHex(encoded)}`)
    const path = { key, from: depth, to: depth + node.partial.length }
    if (path.to === 2 * key.length) {
      const value = node.kind === 'leaf' ? new Uint8Array(0) : null
      return encodeNode({ path, value, isHashed: false, children: node.children })
    }
    const nibble = nibbleAt(key, path.to)
    const child = node.children[nibble] ?? new Uint8Array(0)
    const isHash = child.length === 32
    const at = proof.length
    if (isHash) proof.push(new Uint8Array(0))
    const stripped = strip(isHash ? (byHash.get(bytesToHex(child)) ?? child) : child, path.to + 1)
    if (isHash) proof[at] = stripped
    const left = isHash ? new Uint8Array(0) : stripped
    return encodeNode({ ...node, path, children: node.children.with(nibble, left) })
  }
  const first = strip(byHash.get(bytesToHex(root)) ?? new Uint8Array(0), 0)
  return [first, ...proof]
}

function claimOf(entries: readonly TrieEntry[], index: number, version: StateVersion): TrieClaim {
  const [key, value] = entries[index % entries.length] ?? ['', new Uint8Array(0)]
  const { root, nodes } = createTrieProof(entries, version)
  return { root, proof: generateProof(nodes, root, key, blake2_256), key, value, version }
}

describe('createTrieProof', () => {
  it('has the root, and every node and long value under its hash', () => {
    fc.assert(
      fc.property(entries, fc.constantFrom(...VERSIONS), (entries, version) => {
        const { root, nodes } = createTrieProof(entries, version)
        expect(root).toEqual(trieRoot(entries, version))
        expect(readAll(root, nodes)).toEqual(new Map(entries))
      }),
      { seed: 1, numRuns: 100 },
    )
  })

  it('proves the empty trie', () => {
    const { root, nodes } = createTrieProof([], 0)
    expect(nodes).toEqual([new Uint8Array([0])])
    expect(root).toEqual(trieRoot([], 0))
  })
})

/** Reads the trie back out of the nodes alone, and expects to need each of them. */
function readAll(root: Uint8Array, nodes: readonly Uint8Array[]): Map<StorageKey, Uint8Array> {
  const byHash = new Map(nodes.map((node) => [bytesToHex(blake2_256(node)), node]))
  const used = new Set<string>()
  const lookUp = (hash: Uint8Array): Uint8Array => {
    used.add(bytesToHex(hash))
    const node = byHash.get(bytesToHex(hash))
    if (node === undefined) throw new Error(`no node ${bytesToHex(hash)}`)
    return node
  }
  const found = new Map<StorageKey, Uint8Array>()
  const visit = (encoded: Uint8Array, prefix: string): void => {
    const node: ProofNode | null = decodeNode(encoded)
    if (node === null) throw new Error(`cannot decode ${bytesToHex(encoded)}`)
    const path = prefix + [...node.partial].map((nibble) => nibble.charCodeAt(0).toString(16)).join('')
    if (node.value !== null) {
      found.set(bytesToBinary(Buffer.from(path, 'hex')), node.isHashed ? lookUp(node.value) : node.value)
    }
    for (const [nibble, child] of node.children.entries()) {
      if (child !== null) visit(child.length === 32 ? lookUp(child) : child, path + nibble.toString(16))
    }
  }
  visit(lookUp(root), '')
  expect(used.size).toBe(nodes.length)
  return found
}

describe('verifyTrieProof', () => {
  it('accepts the proof of each key and no other value, root, version or path', () => {
    fc.assert(
      fc.property(entries, fc.nat(), fc.constantFrom(...VERSIONS), (entries, index, version) => {
        const claim = claimOf(entries, index, version)
        expect(verifyTrieProof(claim)).toBe(true)
        const { proof, value, root } = claim
        const otherVersion: StateVersion = version === 0 ? 1 : 0
        expect(verifyTrieProof({ ...claim, value: value.map((byte) => byte ^ 1) })).toBe(false)
        expect(verifyTrieProof({ ...claim, value: value.subarray(1) })).toBe(false)
        expect(verifyTrieProof({ ...claim, root: root.map((byte) => byte ^ 1) })).toBe(false)
        expect(verifyTrieProof({ ...claim, key: `${claim.key}\0` })).toBe(false)
        expect(verifyTrieProof({ ...claim, proof: [...proof, new Uint8Array(0)] })).toBe(false)
        expect(verifyTrieProof({ ...claim, proof: proof.slice(0, -1) })).toBe(false)
        if (proof.length > 1) expect(verifyTrieProof({ ...claim, proof: proof.toReversed() })).toBe(false)
        expect(verifyTrieProof({ ...claim, version: otherVersion })).toBe(value.length <= 32)
      }),
      { seed: 1, numRuns: 150 },
    )
  })

  it('refuses a whole storage proof, in which hashes and values are left in', () => {
    const long = new Uint8Array(40).fill(7)
    const entries: TrieEntry[] = ['aa', 'ab', 'b'].map((key) => [key, long])
    const { root, nodes } = createTrieProof(entries, 0)
    expect(verifyTrieProof({ root, proof: nodes, key: 'aa', value: long, version: 0 })).toBe(false)
    expect(verifyTrieProof({ root, proof: nodes.toReversed(), key: 'aa', value: long, version: 0 })).toBe(
      false,
    )
  })

  it('refuses mutated and malformed nodes without throwing', () => {
    fc.assert(
      fc.property(
        entries,
        fc.nat(),
        fc.nat(),
        fc.integer({ min: 1, max: 255 }),
        (entries, index, at, flip) => {
          const claim = claimOf(entries, index, 1)
          const proof = claim.proof.map((node) => node.slice())
          const node = proof[at % proof.length] ?? new Uint8Array(1)
          node[at % node.length] = (node[at % node.length] ?? 0) ^ flip
          const isVerified = verifyTrieProof({ ...claim, proof })
          expect(isVerified && !isSameProof(proof, claim.proof)).toBe(false)
          expect(verifyTrieProof({ ...claim, proof: [node.subarray(0, at % node.length)] })).toBe(false)
        },
      ),
      { seed: 3, numRuns: 300 },
    )
    const noise = fc.array(fc.uint8Array({ maxLength: 40 }), { maxLength: 4 })
    fc.assert(
      fc.property(noise, key, value, (proof, key, value) => {
        const root = new Uint8Array(32)
        expect(verifyTrieProof({ root, proof, key, value, version: 1 })).toBe(false)
      }),
      { seed: 4, numRuns: 500 },
    )
  })

  it('takes Keccak-256', () => {
    const long = new Uint8Array(40).fill(7)
    const entries: TrieEntry[] = [['a', long]]
    const root = keccakTrieRoot(entries, 1)
    const { proof } = claimOf(entries, 0, 1)
    expect(root).not.toEqual(trieRoot(entries, 1))
    expect(keccak_256(new Uint8Array(0)).length).toBe(32)
    expect(verifyKeccakTrieProof({ root, proof, key: 'a', value: long, version: 1 })).toBe(true)
    expect(verifyTrieProof({ root, proof, key: 'a', value: long, version: 1 })).toBe(false)
  })
})

function isSameProof(a: readonly Uint8Array[], b: readonly Uint8Array[]): boolean {
  return a.length === b.length && a.every((node, i) => isEqualBytes(node, b[i] ?? new Uint8Array(0)))
}
