import { calculateStateRoot, decodeProof, destroyWorker } from '@acala-network/chopsticks'
import fc from 'fast-check'
import { afterAll, expect, it } from 'vitest'
import { binaryToHex, bytesToHex, hexToBinary } from '../../base/bytes.ts'
import type { Changes, StorageKey } from '../stateView.ts'
import { createTrieProof, StateTrie, type StateVersion, trieRoot } from './index.ts'
import { createModelStore } from './trieModel.testkit.ts'

/** Second opinion on the state root: smoldot's trie, as Chopsticks ships it. */

afterAll(() => destroyWorker())

const version = fc.constantFrom<StateVersion>(0, 1)
const key = fc
  .tuple(
    fc.array(fc.constantFrom(0x00, 0x01, 0x10, 0xab, 0xff), { minLength: 1, maxLength: 3 }),
    fc.constantFrom(0, 0, 16, 40, 200),
  )
  .map(([bytes, tail]) => String.fromCharCode(...bytes) + '\u0012'.repeat(tail))
const value = fc.tuple(fc.constantFrom(0, 1, 31, 32, 33, 200, 20_000), fc.nat(255)).map(([length, byte]) => {
  return new Uint8Array(length).fill(byte)
})
const entries = fc.uniqueArray(fc.tuple(key, value), { maxLength: 120, selector: ([key]) => key })

async function smoldotRoot(
  state: Iterable<readonly [StorageKey, Uint8Array]>,
  version: StateVersion,
): Promise<string> {
  const pairs = [...state].sort(([a], [b]) => (a < b ? -1 : 1))
  return calculateStateRoot(
    pairs.map(([key, value]): [`0x${string}`, `0x${string}`] => [
      toHex(binaryToHex(key)),
      toHex(bytesToHex(value)),
    ]),
    version,
  )
}

function toHex(hex: string): `0x${string}` {
  return `0x${hex.slice(2)}`
}

it('computes the state root that smoldot computes, built at once and after changes', async () => {
  await fc.assert(
    fc.asyncProperty(entries, entries, version, async (stored, written, version) => {
      const trie = StateTrie.build(createModelStore(stored), version)
      expect(bytesToHex(trie.rootHash)).toBe(await smoldotRoot(stored, version))
      const deleted = stored.filter((_, i) => i % 3 !== 0).map(([key]) => [key, null] as const)
      const changes: Changes = new Map<StorageKey, Uint8Array | null>([...deleted, ...written])
      const state = new Map<StorageKey, Uint8Array>(stored)
      for (const [key, value] of changes) {
        if (value === null) state.delete(key)
        else state.set(key, value)
      }
      expect(bytesToHex(trie.apply(changes, version).rootHash)).toBe(await smoldotRoot(state, version))
      expect(bytesToHex(trieRoot(state, version))).toBe(await smoldotRoot(state, version))
    }),
    { seed: 1, numRuns: 25 },
  )
})

it('makes proofs that smoldot decodes to the same entries', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.uniqueArray(fc.tuple(key, value), { minLength: 1, maxLength: 40, selector: ([key]) => key }),
      version,
      async (entries, version) => {
        const { root, nodes } = createTrieProof(entries, version)
        const decoded = await decodeProof(
          toHex(bytesToHex(root)),
          nodes.map((node) => toHex(bytesToHex(node))),
        )
        const found = Object.entries(decoded).map(([key, value]) => [hexToBinary(key), value] as const)
        expect(new Map(found)).toEqual(new Map(entries.map(([key, value]) => [key, bytesToHex(value)])))
      },
    ),
    { seed: 2, numRuns: 10 },
  )
})
