import { keccak_256 } from '@noble/hashes/sha3.js'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { bytesToBinary, bytesToHex } from '../../base/bytes.ts'
import { encodeCompact } from '../../codec/scale.ts'
import {
  createBlake2NodeHasher,
  EMPTY_TRIE_ROOT,
  keccakTrieRoot,
  orderedKeccakTrieRoot,
  orderedTrieRoot,
  type StateVersion,
  type TrieEntry,
  trieRoot,
} from './index.ts'
import { type ModelState, modelRoot } from './trieModel.testkit.ts'

const VERSIONS: readonly StateVersion[] = [0, 1]

const entries: fc.Arbitrary<TrieEntry[]> = fc.array(
  fc.tuple(
    fc.uint8Array({ maxLength: 4 }).map((bytes) => bytesToBinary(bytes.map((byte) => byte & 0x33))),
    fc.uint8Array({ maxLength: 40 }),
  ),
  { maxLength: 60 },
)

function toModel(entries: Iterable<TrieEntry>, version: StateVersion): ModelState {
  return new Map([...entries].map(([key, value]) => [key, { value, version }]))
}

function list(count: number): Uint8Array[] {
  return Array.from({ length: count }, (_, i) => new Uint8Array((i * 7) % 50).fill(i))
}

function indexed(values: readonly Uint8Array[]): TrieEntry[] {
  return values.map((value, i) => [bytesToBinary(encodeCompact(i)), value])
}

describe('trieRoot', () => {
  it('equals the model; the last of equal keys counts', () => {
    const hasher = createBlake2NodeHasher()
    fc.assert(
      fc.property(entries, fc.constantFrom(...VERSIONS), (entries, version) => {
        expect(trieRoot(entries, version, hasher)).toEqual(modelRoot(toModel(entries, version)))
      }),
      { seed: 1, numRuns: 200 },
    )
    const twice: TrieEntry[] = [
      ['a', new Uint8Array([1])],
      ['a', new Uint8Array([2])],
    ]
    expect(trieRoot(twice, 0)).toEqual(trieRoot(twice.slice(1), 0))
  })

  it('knows the empty trie of either hash', () => {
    expect(trieRoot([], 1)).toEqual(EMPTY_TRIE_ROOT)
    expect(bytesToHex(keccakTrieRoot([], 0))).toBe(
      '0xbc36789e7a1e281436464229828f817d6612f7b477d66591ff96a9e064bcc98a',
    )
  })

  it('takes another hash function, in nodes and values', () => {
    fc.assert(
      fc.property(entries, fc.constantFrom(...VERSIONS), (entries, version) => {
        expect(keccakTrieRoot(entries, version)).toEqual(modelRoot(toModel(entries, version), keccak_256))
      }),
      { seed: 2, numRuns: 50 },
    )
  })
})

describe('orderedTrieRoot', () => {
  it.each([0, 1, 2, 63, 64, 65, 300, 16_390])('equals the model for %i values', (count) => {
    for (const version of VERSIONS) {
      const values = list(count)
      expect(orderedTrieRoot(values, version)).toEqual(modelRoot(toModel(indexed(values), version)))
    }
  })

  it('takes another hash function', () => {
    const expected = modelRoot(toModel(indexed(list(70)), 1), keccak_256)
    expect(orderedKeccakTrieRoot(list(70), 1)).toEqual(expected)
  })
})
