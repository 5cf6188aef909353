import { beforeAll, describe, expect, it } from 'vitest'
import { bytesToHex, concatBytes, utf8ToBytes } from '../../base/bytes.ts'
import { blake2_128, blake2_256, twox64, twox128, twox256 } from '../../base/hash.ts'
import { encodeBytes, encodeCompact } from '../../codec/scale.ts'
import { keccakTrieRoot, orderedKeccakTrieRoot, orderedTrieRoot, trieRoot } from '../../state/trie/index.ts'
import { keccak256, keccak512, sha2_256 } from '../crypto/digests.ts'
import { createScriptRunner, type ScriptCall, type ScriptRunner } from './scriptRunner.testkit.ts'

const LONG = new Uint8Array(70).fill(5)

let runner: ScriptRunner
beforeAll(async () => {
  runner = await createScriptRunner()
})

describe('hashing host functions', () => {
  it.each([
    ['keccak_256', keccak256],
    ['keccak_512', keccak512],
    ['sha2_256', sha2_256],
    ['blake2_128', blake2_128],
    ['blake2_256', blake2_256],
    ['twox_64', twox64],
    ['twox_128', twox128],
    ['twox_256', twox256],
  ] as const)('%s gives the digest, whatever the length', (name, hash) => {
    const messages = [0, 1, 31, 32, 33, 63, 64, 127, 128, 129, 1000].map((size) =>
      new Uint8Array(size).fill(size),
    )
    const calls = messages.map((message): ScriptCall => {
      return [`hashing_${name}_version_1`, [message], hash(message).length]
    })
    expect(runner.results(calls)).toEqual(messages.map((message) => bytesToHex(hash(message))))
  })
})

describe('trie host functions', () => {
  const roots = {
    blake2: { map: trieRoot, list: orderedTrieRoot },
    keccak: { map: keccakTrieRoot, list: orderedKeccakTrieRoot },
  }

  it.each(['root', 'ordered_root'])(
    '%s of more items than a thread can hold meets the limit of memory',
    (name) => {
      const items = 2 ** 21
      const encoded = concatBytes(encodeCompact(items), new Uint8Array(2 * items))
      const call: ScriptCall = [`trie_blake2_256_${name}_version_1`, [encoded]]
      expect(runner.run([call])).toMatchObject({
        kind: 'limit',
        limit: 'memory',
        message: 'a trie host call of more than 1048576 items',
      })
      expect(runner.run([[call[0], [encodeCompact(items)]]])).toMatchObject({
        kind: 'panic',
        message: 'malformed list in a trie host call',
      })
    },
  )

  it.each(['blake2', 'keccak'] as const)('%s: root of pairs in any order, the last of a key', (hash) => {
    const pairs = [
      ['b', LONG],
      ['a', utf8ToBytes('first')],
      ['a', utf8ToBytes('last')],
    ] as const
    const encoded = concatBytes(
      encodeCompact(3),
      ...pairs.flatMap(([key, value]) => [encodeBytes(utf8ToBytes(key)), encodeBytes(value)]),
    )
    const name = `trie_${hash}_256_root`
    expect(
      runner.results([
        [`${name}_version_1`, [encoded]],
        [`${name}_version_2`, [encoded, 0]],
        [`${name}_version_2`, [encoded, 1]],
        [`${name}_version_1`, [new Uint8Array([0])]],
      ]),
    ).toEqual([
      ...([0, 0, 1] as const).map((version) =>
        bytesToHex(roots[hash].map(pairs.slice().toSpliced(1, 1), version)),
      ),
      bytesToHex(roots[hash].map([], 0)),
    ])
  })

  it.each(['blake2', 'keccak'] as const)('%s: root of a list', (hash) => {
    const items = Array.from({ length: 300 }, (_, i) => (i % 7 === 0 ? LONG : new Uint8Array([i & 0xff])))
    const encoded = concatBytes(encodeCompact(items.length), ...items.map(encodeBytes))
    const name = `trie_${hash}_256_ordered_root`
    expect(
      runner.results([
        [`${name}_version_1`, [encoded]],
        [`${name}_version_2`, [encoded, 0]],
        [`${name}_version_2`, [encoded, 1]],
      ]),
    ).toEqual(([0, 0, 1] as const).map((version) => bytesToHex(roots[hash].list(items, version))))
  })

  it.each([
    ['blake2', blake2_256],
    ['keccak', keccak256],
  ] as const)('%s: proofs of a value', (name, hash) => {
    // A trie of one leaf under `k`; a proof leaves its value out.
    const proof = concatBytes(encodeCompact(1), encodeBytes(new Uint8Array([0x42, 0x6b, 0x00])))
    const inline = hash(concatBytes(new Uint8Array([0x42, 0x6b]), encodeBytes(LONG)))
    const hashed = hash(concatBytes(new Uint8Array([0x22, 0x6b]), hash(LONG)))
    const version1 = (root: Uint8Array, value: Uint8Array): ScriptCall => {
      return [`trie_${name}_256_verify_proof_version_1`, [root, proof, 'k', value]]
    }
    const version2 = (root: Uint8Array, version: number, list = proof): ScriptCall => {
      return [`trie_${name}_256_verify_proof_version_2`, [root, list, 'k', LONG, version]]
    }
    expect(
      runner.results([
        version1(inline, LONG),
        version1(inline, LONG.slice(1)),
        version1(hashed, LONG),
        version2(inline, 0),
        version2(inline, 1),
        version2(hashed, 1),
        version2(hashed, 0),
        version2(hashed, 1, encodeCompact(0)),
      ]),
    ).toEqual([1, 0, 0, 1, 0, 1, 0, 0].map((holds) => `0x0${holds}000000`))
  })
})
