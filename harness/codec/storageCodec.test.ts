import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { binaryToHex, bytesToHex, hexToBinary } from '../base/bytes.ts'
import { blake2_256 } from '../base/hash.ts'
import { publishedCodec } from './metadata/metadataFixture.testkit.ts'
import { chainValueArbitrary } from './shape/chainValueArbitrary.testkit.ts'
import { devAccount } from './signer.ts'
import { createStorageCodec } from './storageCodec.ts'

const codec = publishedCodec('contractsV14')
const ALICE = devAccount('//Alice').address
/** Known to every Substrate chain since 2020. */
const ACCOUNT_PREFIX = '26aa394eea5630e07c48ae0c9558cef7b99d880ec681799c0cf30e8886371da9'
const ALICE_KEY = `0x${ACCOUNT_PREFIX}de1e86a9a8c739864cf3cc5ec2bea59fd43593c715fdd31c61141abd04a99fd6822c8558854ccde39a5684e7a56da27d`

describe('keys', () => {
  test('are what nodes use', () => {
    expect(binaryToHex(codec.storagePrefix('System', 'Account'))).toBe(`0x${ACCOUNT_PREFIX}`)
    expect(binaryToHex(codec.storageKey('System', 'Account', ALICE))).toBe(ALICE_KEY)
    expect(codec.storageKey('System', 'Account')).toBe(codec.storagePrefix('System', 'Account'))
  })

  test('are told by prefix, with their arguments', () => {
    const key = hexToBinary(ALICE_KEY)
    expect(codec.itemOfKey(key)).toBe('System.Account')
    expect(codec.describeKey(key)).toEqual({ kind: 'item', pallet: 'System', item: 'Account', args: [ALICE] })
    const number = codec.storagePrefix('System', 'Number')
    expect(codec.describeKey(number)).toEqual({ kind: 'item', pallet: 'System', item: 'Number', args: [] })
  })

  test('of a known item that cannot be one are malformed', () => {
    const short = hexToBinary(ALICE_KEY.slice(0, -2))
    const long = hexToBinary(`${ALICE_KEY}00`)
    expect(codec.describeKey(short)).toMatchObject({
      kind: 'malformed',
      error: 'needs 32 bytes at 16, 31 left',
    })
    expect(codec.describeKey(long)).toMatchObject({ kind: 'malformed', error: '1 bytes after the key' })
  })

  test('without an item are told by what is known of them', () => {
    const label = (hex: string) => codec.itemOfKey(hexToBinary(hex))
    expect(label('0x3a636f6465')).toBe(':code')
    expect(codec.describeKey(hexToBinary('0x3a636f6465'))).toEqual({ kind: 'wellKnown', name: ':code' })
    expect(codec.itemOfKey(':child_storage:default:abc')).toBe(':child_storage:')
    expect(codec.itemOfKey('\u0100abc\u0100key')).toBe(':child_storage:')
    const system = ACCOUNT_PREFIX.slice(0, 32)
    expect(label(`0x${system}${'11'.repeat(16)}2233`)).toBe(`System.0x${'11'.repeat(16)}`)
    expect(label(`0x${system}4e7b9012096b41c4eb3aaf947f6ea429`)).toBe('System.:__STORAGE_VERSION__:')
    expect(label(`0x${'11'.repeat(32)}`)).toBe(`0x${'11'.repeat(16)}.0x${'11'.repeat(16)}`)
    expect(label('0x1122')).toBe('0x1122')
    expect(codec.describeKey(hexToBinary(`0x${'11'.repeat(32)}`))).toBeNull()
  })

  test('give back the arguments that made them, for every map of three runtimes', () => {
    for (const name of ['v13', 'assetHubV15', 'v16'] as const) {
      const { items, storageKey, describeKey, metadata } = publishedCodec(name)
      let maps = 0
      for (const item of items()) {
        const parts = item.keys.map((type) => chainValueArbitrary(metadata.types, type))
        if (parts.length === 0 || !parts.every((part) => part !== null)) continue
        maps++
        for (const args of fc.sample(fc.tuple(...parts), { seed: maps, numRuns: 2 })) {
          const key = storageKey(item.pallet, item.item, ...args)
          const isOpen = item.hashers.every((hasher) => /Concat$|^Identity$/.test(hasher))
          const described = describeKey(key)
          expect(described).toMatchObject({ kind: 'item', pallet: item.pallet, item: item.item })
          if (isOpen) expect(described).toMatchObject({ args })
        }
      }
      expect(maps).toBeGreaterThan(50)
    }
  })

  test('keep only the hash of a part with a closed hasher', () => {
    const { pallets } = codec.metadata
    const account = codec.item('System', 'Account')
    if (account === null) throw new Error('no System.Account')
    const hashed = { ...account, hashers: ['Blake2_256'] } as const
    const system = { ...pallets[0], storage: new Map([['Account', hashed]]) }
    const closed = createStorageCodec({ ...codec.metadata, pallets: [system] as typeof pallets })
    const key = closed.storageKey('System', 'Account', ALICE)
    const hash = bytesToHex(blake2_256(devAccount('//Alice').accountId))
    expect(binaryToHex(key)).toBe(`0x${ACCOUNT_PREFIX}${hash.slice(2)}`)
    expect(closed.describeKey(key)).toMatchObject({ kind: 'item', args: [{ hash }] })
    expect(closed.describeKey(`${key}x`)).toMatchObject({ kind: 'malformed' })
  })

  test('of unknown items, or with too many parts, are refused', () => {
    expect(() => codec.storagePrefix('System', 'Nothing')).toThrow(
      'the runtime has no storage item System.Nothing',
    )
    expect(() => codec.storageKey('System', 'Account', ALICE, 1)).toThrow(
      'System.Account has 1 key parts, got 2',
    )
    expect(() => codec.storageKey('System', 'Account', 'Alice')).toThrow(
      'key part 0 of System.Account cannot be encoded: expected an account (SS58, 0x-hex or 32 bytes), found "Alice"',
    )
  })
})

describe('values', () => {
  test('decode by name, and encode back', () => {
    const bytes = codec.fallback('System', 'Account') ?? new Uint8Array()
    const decoded = codec.decodeValue('System', 'Account', bytes)
    expect(decoded).toMatchObject({ kind: 'value', remaining: 0, value: { nonce: 0, data: { free: '0' } } })
    if (decoded.kind === 'value') {
      expect(bytesToHex(codec.encodeValue('System', 'Account', decoded.value))).toBe(bytesToHex(bytes))
    }
  })

  test('that do not fit name the field', () => {
    expect(() => codec.encodeValue('Timestamp', 'Now', 'soon')).toThrow(
      'value of Timestamp.Now cannot be encoded: expected an integer (number, bigint or decimal text), found "soon"',
    )
  })

  test('of absent keys are None or the default', () => {
    expect(codec.fallback('Timestamp', 'Now')).toEqual(new Uint8Array(8))
    expect(codec.fallback('Sudo', 'Key')).toBeNull()
  })
})
