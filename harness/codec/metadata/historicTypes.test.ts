import { describe, expect, test } from 'vitest'
import { bytesToBinary, concatBytes, utf8ToBytes } from '../../base/bytes.ts'
import { createChainCodec } from '../chainCodec.ts'
import { encodeBytes } from '../scale.ts'
import { devAccount } from '../signer.ts'
import { publishedCodec, publishedMetadata } from './metadataFixture.testkit.ts'

const VERSIONS = { genesisHash: new Uint8Array(32), specVersion: 1, transactionVersion: 1 }

/** The metadata of V12 with one more signed extension at its end, named like the last one. */
function withSecondPayment(): Uint8Array {
  const metadata = publishedMetadata('v12')
  const count = bytesToBinary(metadata).lastIndexOf('CheckSpecVersion') - 2
  const counted = Uint8Array.from(metadata)
  counted[count] = (metadata[count] ?? 0) + 4
  return concatBytes(counted, encodeBytes(utf8ToBytes('ChargeTransactionPayment')))
}

describe('metadata before V14', () => {
  test('has types by name: native, defined, generic, and of chains unknown to us', () => {
    const codec = publishedCodec('v13')
    const value = (pallet: string, item: string) => {
      const entry = codec.item(pallet, item)
      return entry === null ? null : codec.metadata.types.shape(entry.value)
    }
    expect(value('Timestamp', 'Now')).toEqual({ kind: 'uint', bytes: 8 })
    expect(value('System', 'BlockHash')).toEqual({ kind: 'fixedBytes', length: 32 })
    expect(value('System', 'ExtrinsicData')).toEqual({ kind: 'bytes' })
    expect(value('System', 'Account')).toMatchObject({ kind: 'struct' })
    expect(value('Grandpa', 'State')).toMatchObject({ kind: 'enum' })
  })

  test('takes definitions of a chain for its own types', () => {
    const options = { metadata: publishedMetadata('v13'), specName: 'node', specVersion: 267 }
    const codec = createChainCodec({
      ...options,
      historicTypes: { Moment: { seconds: 'u32', nanos: 'Option<u32>' } },
    })
    expect(codec.decodeValue('Timestamp', 'Now', new Uint8Array([1, 0, 0, 0, 1, 2, 0, 0, 0]))).toEqual({
      kind: 'value',
      value: { seconds: 1, nanos: 2 },
      remaining: 0,
    })
  })

  test('from before MultiAddress addresses by account', () => {
    const shapeOf = (name: 'v11' | 'v12') => {
      const { extrinsic, types } = publishedCodec(name).metadata
      return types.shape(extrinsic.address).kind
    }
    expect(shapeOf('v11')).toBe('account')
    expect(shapeOf('v12')).toBe('enum')
  })

  test('may name a chain’s own extension like one of Substrate: the second carries nothing', () => {
    const plain = publishedCodec('v12')
    const own = createChainCodec({ metadata: withSecondPayment(), specName: 'node', specVersion: 265 })
    expect(own.metadata.extrinsic.extensions.length).toBe(plain.metadata.extrinsic.extensions.length + 1)
    const call = plain.encodeCall('System', 'remark', ['0x00'])
    const options = { ...VERSIONS, call, signer: devAccount('//Alice'), nonce: 1, tip: 7n }
    expect(own.signExtrinsic(options)).toEqual(plain.signExtrinsic(options))
    expect(own.decodeExtrinsic(own.signExtrinsic(options))).toMatchObject({ extrinsic: { tip: 7n } })
  })

  test('leaves types that are classes to polkadot, but strictly', () => {
    const codec = publishedCodec('v13')
    const signer = devAccount('//Alice')
    const call = codec.encodeCall('System', 'remark', ['0x00'])
    const era = { kind: 'mortal', period: 64, current: 100 } as const
    const signed = codec.signExtrinsic({ ...VERSIONS, call, signer, nonce: 1, era })
    expect(codec.decodeExtrinsic(signed)).toMatchObject({ extrinsic: { nonce: 1n, call: 'remark' } })
    expect(codec.decodeExtrinsic(new Uint8Array([4, 0x84])).kind).toBe('error')
  })
})
