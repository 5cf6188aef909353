import { blake2AsU8a } from '@polkadot/util-crypto'
import fc from 'fast-check'
import { describe, expect, test, vi } from 'vitest'
import { bytesToHex, concatBytes, hexToBytes, isEqualBytes } from '../base/bytes.ts'
import { createChainCodec } from './chainCodec.ts'
import { PUBLISHED_METADATA, publishedCodec, publishedMetadata } from './metadata/metadataFixture.testkit.ts'
import { encodeBytes } from './scale.ts'
import { callArbitrary } from './shape/chainValueArbitrary.testkit.ts'
import { devAccount } from './signer.ts'

const codec = publishedCodec('v16')
const ALICE = devAccount('//Alice').address
const BOB = devAccount('//Bob').address

describe('metadata', () => {
  test('of versions 11 to 16 is read without a word on the console', () => {
    const spies = (['log', 'info', 'warn', 'error', 'debug'] as const).map((name) =>
      vi.spyOn(console, name).mockImplementation(() => undefined),
    )
    const versions = PUBLISHED_METADATA.map((name) => {
      const read = publishedCodec(name)
      for (const { pallet, item, fallback } of read.items()) read.decodeValue(pallet, item, fallback)
      return read.metadata.version
    })
    expect(versions).toEqual([11, 12, 13, 14, 15, 16])
    for (const spy of spies) {
      expect(spy).not.toHaveBeenCalled()
      spy.mockRestore()
    }
  })

  test('decodes the default of every item, from version 12 on', () => {
    for (const name of PUBLISHED_METADATA.slice(1)) {
      const { decodeValue, items } = publishedCodec(name)
      for (const { fallback, item, modifier, pallet } of items()) {
        if (modifier === 'optional') continue
        expect([pallet, item, decodeValue(pallet, item, fallback)]).toMatchObject([
          pallet,
          item,
          { remaining: 0 },
        ])
      }
    }
  })

  test('is found inside Vec<u8> and Option<Vec<u8>>, and is not written to', () => {
    const inner = publishedMetadata('contractsV14')
    const bare = inner.subarray(
      inner.findIndex((_, i) => bytesToHex(inner.subarray(i, i + 4)) === '0x6d657461'),
    )
    for (const metadata of [bare, encodeBytes(bare), concatBytes(new Uint8Array([1]), encodeBytes(bare))]) {
      const before = bytesToHex(metadata)
      const read = createChainCodec({ metadata, specName: 'x', specVersion: 1 })
      expect(read.metadata.pallets.length).toBe(10)
      expect(bytesToHex(metadata)).toBe(before)
    }
  })

  test('that is none is refused with what was given', () => {
    const of = (metadata: Uint8Array) => () => createChainCodec({ metadata, specName: 'x', specVersion: 1 })
    expect(of(new Uint8Array(3))).toThrow(
      'the metadata of x 1 (3 bytes) cannot be read: version 0, and versions 11 to 16',
    )
    expect(of(publishedMetadata('contractsV14').subarray(0, 5_000))).toThrow('cannot be read')
  })
})

describe('constants', () => {
  test('tell the limits of a block, with weights of one and of two dimensions', () => {
    const limits = codec.blockWeights()
    expect(limits?.maxBlock).toEqual({ refTime: 2_000_000_000_000n, proofSize: 18_446_744_073_709_551_615n })
    expect(limits?.perClass.normal.maxTotal?.refTime).toBe(1_500_000_000_000n)
    expect(limits?.perClass.mandatory).toMatchObject({ maxExtrinsic: null, maxTotal: null, reserved: null })
    const old = publishedCodec('v13').blockWeights()
    expect(old?.maxBlock).toEqual({ refTime: 2_000_000_000_000n, proofSize: 0n })
    expect(old?.perClass.normal.maxTotal?.refTime).toBe(1_500_000_000_000n)
  })

  test('tell lengths, database weights, the period and the version', () => {
    expect(codec.blockLength()).toEqual({ normal: 3_932_160, operational: 5_242_880, mandatory: 5_242_880 })
    expect(codec.dbWeight()).toEqual({ read: 25_000_000n, write: 100_000_000n })
    expect(codec.minimumPeriodMs()).toBe(1_500n)
    expect(codec.version()).toMatchObject({ specName: 'node', specVersion: 268, systemVersion: 1 })
    expect(codec.constant('System', 'BlockHashCount')).toBeTypeOf('number')
    expect(codec.constant('System', 'Nothing')).toBeUndefined()
  })

  test('BlockWeight decodes by class, old and new', () => {
    const modern = codec.encodeValue('System', 'BlockWeight', {
      normal: { ref_time: 1, proof_size: 2 },
      operational: { ref_time: 3, proof_size: 4 },
      mandatory: { ref_time: 5n, proof_size: 6n },
    })
    expect(codec.decodeBlockWeight(modern)).toEqual({
      normal: { refTime: 1n, proofSize: 2n },
      operational: { refTime: 3n, proofSize: 4n },
      mandatory: { refTime: 5n, proofSize: 6n },
    })
    expect(codec.decodeBlockWeight(modern.subarray(1))).toBeNull()
    const old = publishedCodec('v13').decodeBlockWeight(hexToBytes(`0x${'0100000000000000'.repeat(3)}`))
    expect(old?.mandatory).toEqual({ refTime: 1n, proofSize: 0n })
  })
})

describe('calls', () => {
  test('encode by name and by position, and decode', () => {
    const byName = codec.encodeCall('Balances', 'transfer_keep_alive', {
      dest: BOB,
      value: 1_000_000_000_000n,
    })
    expect(codec.encodeCall('Balances', 'transfer_keep_alive', [{ Id: BOB }, '1000000000000'])).toEqual(
      byName,
    )
    expect(codec.encodeCall('balances', 'transferKeepAlive', { dest: BOB, value: 1e12 })).toEqual(byName)
    expect(codec.describeCall(byName)).toEqual({
      kind: 'call',
      call: {
        pallet: 'Balances',
        call: 'transfer_keep_alive',
        args: { dest: { Id: BOB }, value: '1000000000000' },
        index: [byName[0], byName[1]],
      },
    })
  })

  test('nest', () => {
    const remark = codec.encodeCall('System', 'remark', { remark: '0x0102' })
    const batch = codec.encodeCall('Utility', 'batch', {
      calls: [remark, { pallet: 'System', call: 'remark', args: ['0x03'] }],
    })
    expect(codec.describeCall(batch)).toMatchObject({
      call: {
        args: { calls: [{ args: { remark: '0x0102' } }, { pallet: 'System', args: { remark: '0x03' } }] },
      },
    })
  })

  test('round-trip for every call of three runtimes', () => {
    for (const name of ['v13', 'assetHubV15', 'v16'] as const) {
      const { describeCall, encodeCall, metadata } = publishedCodec(name)
      const calls = callArbitrary(metadata.types)
      if (calls === null) throw new Error('no calls')
      fc.assert(
        fc.property(calls, (value) => {
          const { pallet, call, args } = value as { pallet: string; call: string; args: object }
          const bytes = encodeCall(pallet, call, args as never)
          expect(describeCall(bytes)).toMatchObject({ kind: 'call', call: { pallet, call, args } })
          expect(describeCall(concatBytes(bytes, new Uint8Array(1)))).toMatchObject({ kind: 'error' })
        }),
        { seed: 1, numRuns: 150 },
      )
    }
  })

  test('that do not exist or do not fit are refused', () => {
    expect(codec.hasCall('System', 'remark')).toBe(true)
    expect(codec.hasCall('System', 'nothing')).toBe(false)
    expect(() => codec.encodeCall('System', 'nothing')).toThrow('the runtime has no call System.nothing')
    expect(() => codec.encodeCall('System', 'remark', {})).toThrow(
      'call cannot be encoded: System.remark: field remark is missing',
    )
    expect(codec.describeCall(new Uint8Array([0, 250]))).toEqual({
      kind: 'error',
      error: 'System has no call 250',
    })
    expect(codec.describeCall(new Uint8Array([255, 0]))).toEqual({
      kind: 'error',
      error: 'no pallet with calls at index 255',
    })
  })
})

describe('codeUpgradeCalls', () => {
  const code = new Uint8Array(20_000).fill(7)

  test('are the calls that the runtime itself would take, with their hashes', () => {
    const calls = new Map(codec.codeUpgradeCalls(code).map((call) => [call.name, call]))
    const setCode = codec.encodeCall('System', 'set_code', { code })
    const codeHash = blake2AsU8a(code, 256)
    const weight = { ref_time: 0, proof_size: 0 }
    const expected = {
      'System.set_code': setCode,
      'System.set_code_without_checks': codec.encodeCall('System', 'set_code_without_checks', { code }),
      'System.authorize_upgrade': codec.encodeCall('System', 'authorize_upgrade', { code_hash: codeHash }),
      'System.authorize_upgrade_without_checks': codec.encodeCall(
        'System',
        'authorize_upgrade_without_checks',
        [codeHash],
      ),
      'System.apply_authorized_upgrade': codec.encodeCall('System', 'apply_authorized_upgrade', [code]),
      'Sudo.sudo(System.set_code)': codec.encodeCall('Sudo', 'sudo', [setCode]),
      'Sudo.sudo_unchecked_weight(System.set_code)': codec.encodeCall('Sudo', 'sudo_unchecked_weight', [
        setCode,
        weight,
      ]),
    }
    expect([...calls.keys()]).toEqual(Object.keys(expected))
    for (const [name, encoded] of Object.entries(expected)) {
      const call = calls.get(name)
      expect(call?.callHash).toBe(bytesToHex(blake2AsU8a(encoded, 256)))
      expect(call?.sizeBytes).toBe(encoded.length)
      expect(isEqualBytes(call?.encode() ?? code, encoded)).toBe(true)
    }
  })

  test('are fewer on older runtimes, whose weights are integers', () => {
    const old = publishedCodec('v13')
    const calls = old.codeUpgradeCalls(code, { weight: { refTime: 5n, proofSize: 0n } })
    expect(calls.map(({ name }) => name)).toEqual([
      'System.set_code',
      'System.set_code_without_checks',
      'Sudo.sudo(System.set_code)',
      'Sudo.sudo_unchecked_weight(System.set_code)',
    ])
    const inner = old.encodeCall('System', 'set_code', [code])
    expect(calls[3]?.encode()).toEqual(old.encodeCall('Sudo', 'sudo_unchecked_weight', [inner, 5]))
    expect(
      publishedCodec('assetHubV15')
        .codeUpgradeCalls(code)
        .some(({ name }) => name.startsWith('Sudo')),
    ).toBe(false)
  })
})

test('accounts read as the chain writes them', () => {
  const polkadot = publishedCodec('assetHubV15')
  const key = polkadot.storageKey('System', 'Account', ALICE)
  expect(polkadot.describeKey(key)).toMatchObject({
    args: ['15oF4uVJwmo4TdGW7VfQxNLavjCXviqxT9S1MgbjMNHr6Sp5'],
  })
})
