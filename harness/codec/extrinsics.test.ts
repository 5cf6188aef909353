import { Metadata, TypeRegistry } from '@polkadot/types'
import { signatureVerify } from '@polkadot/util-crypto'
import { describe, expect, test } from 'vitest'
import { bytesToHex, concatBytes } from '../base/bytes.ts'
import { signExtrinsic } from './extrinsics.ts'
import { publishedCodec, publishedMetadata } from './metadata/metadataFixture.testkit.ts'
import { decodeBytes } from './scale.ts'
import { type DevAccount, devAccount, type SignatureScheme } from './signer.ts'

const codec = publishedCodec('contractsV14')
const GENESIS = new Uint8Array(32).fill(7)
const CHECKPOINT = new Uint8Array(32).fill(9)
const VERSIONS = { genesisHash: GENESIS, specVersion: 100, transactionVersion: 1 }
const REMARK = codec.encodeCall('System', 'remark', ['0x0102'])
const SCHEMES: readonly SignatureScheme[] = ['sr25519', 'ed25519', 'ecdsa']

/** The same extrinsic as @polkadot/types makes it. */
function polkadotExtrinsic(signer: DevAccount, call: Uint8Array, isMortal: boolean): string {
  const registry = new TypeRegistry()
  registry.setMetadata(new Metadata(registry, publishedMetadata('contractsV14')))
  const extrinsic = registry.createType('Extrinsic', { method: registry.createType('Call', call) } as never)
  const scheme = { ed25519: 0, sr25519: 1, ecdsa: 2 }[signer.type]
  const pair = {
    addressRaw: signer.accountId,
    sign: (message: Uint8Array) => concatBytes(new Uint8Array([scheme]), signer.sign(message)),
  }
  extrinsic.sign(
    pair as never,
    {
      blockHash: isMortal ? CHECKPOINT : GENESIS,
      era: isMortal ? registry.createType('ExtrinsicEra', { current: 1234, period: 64 }) : '0x00',
      genesisHash: GENESIS,
      nonce: 70_000,
      tip: 5_000_000_000n,
      runtimeVersion: { specVersion: 100, transactionVersion: 1 },
    } as never,
  )
  return extrinsic.toHex()
}

describe('signExtrinsic', () => {
  test.each(SCHEMES)('makes what @polkadot/types makes, with %s', (scheme) => {
    const signer = devAccount('//Alice', { scheme })
    const long = codec.encodeCall('System', 'remark', [new Uint8Array(300)])
    for (const call of [REMARK, long]) {
      for (const isMortal of [false, true]) {
        const ours = codec.signExtrinsic({
          ...VERSIONS,
          call,
          signer,
          nonce: 70_000,
          tip: 5_000_000_000n,
          blockHash: CHECKPOINT,
          era: isMortal ? { kind: 'mortal', period: 64, current: 1234 } : { kind: 'immortal' },
        })
        expect(bytesToHex(ours)).toBe(polkadotExtrinsic(signer, call, isMortal))
      }
    }
  })

  test('decodes to what went in', () => {
    const signer = devAccount('//Bob')
    const signed = codec.signExtrinsic({ ...VERSIONS, call: REMARK, signer, nonce: 3n, tip: 9n })
    expect(codec.decodeExtrinsic(signed)).toMatchObject({
      kind: 'extrinsic',
      extrinsic: {
        format: 'signed',
        version: 4,
        signer: signer.address,
        nonce: 3n,
        tip: 9n,
        extensions: { CheckMortality: 'Immortal', CheckNonce: 3, ChargeTransactionPayment: '9' },
        pallet: 'System',
        call: 'remark',
        args: { remark: '0x0102' },
      },
    })
  })

  test('puts the signature that mocked verification takes', () => {
    const { address } = devAccount('//Alice')
    const signed = codec.signExtrinsic({
      ...VERSIONS,
      call: REMARK,
      signer: { address },
      signature: 'mock',
      nonce: 0,
    })
    const decoded = codec.decodeExtrinsic(signed)
    expect(decoded).toMatchObject({ extrinsic: { signature: { Sr25519: `0xdeadbeef${'cd'.repeat(60)}` } } })
  })

  test('knows the extensions of newer runtimes, and chains whose tip is paid in assets', () => {
    for (const name of ['assetHubV15', 'v16', 'v13'] as const) {
      const runtime = publishedCodec(name)
      const call = runtime.encodeCall('System', 'remark', ['0x01'])
      const signed = runtime.signExtrinsic({
        ...VERSIONS,
        call,
        signer: devAccount('//Alice'),
        nonce: 4,
        tip: 5n,
      })
      expect(runtime.decodeExtrinsic(signed)).toMatchObject({
        extrinsic: { nonce: 4n, tip: 5n, call: 'remark' },
      })
    }
  })

  test('wants the bytes of an extension that it does not know, unless that carries nothing', () => {
    const { metadata } = codec
    const u32 =
      metadata.extrinsic.extensions.find(({ identifier }) => identifier === 'CheckSpecVersion')?.implicit ?? 0
    const unit =
      metadata.extrinsic.extensions.find(({ identifier }) => identifier === 'CheckWeight')?.type ?? 0
    const withExtension = (type: number) => ({
      ...metadata,
      extrinsic: {
        ...metadata.extrinsic,
        extensions: [...metadata.extrinsic.extensions, { identifier: 'Custom', type, implicit: unit }],
      },
    })
    const options = { ...VERSIONS, call: REMARK, signer: devAccount('//Alice'), nonce: 0 }
    expect(() => signExtrinsic(withExtension(u32), options)).toThrow(
      'transaction extension Custom carries a uint that is not known here',
    )
    const given = { ...options, extensions: { Custom: { carried: new Uint8Array([1, 2, 3, 4]) } } }
    expect(signExtrinsic(withExtension(u32), given).length).toBe(codec.signExtrinsic(options).length + 4)
    expect(signExtrinsic(withExtension(unit), options)).toEqual(codec.signExtrinsic(options))
  })

  test('refuses a runtime without signed extrinsics, and eras that are none', () => {
    const { metadata } = codec
    const options = { ...VERSIONS, call: REMARK, signer: devAccount('//Alice'), nonce: 0 }
    const onlyNew = { ...metadata, extrinsic: { ...metadata.extrinsic, versions: [5] } }
    expect(() => signExtrinsic(onlyNew, options)).toThrow(
      'the runtime takes extrinsic versions 5, not the signed version 4',
    )
    const era = { kind: 'mortal', period: 48, current: 1 } as const
    expect(() => codec.signExtrinsic({ ...options, era })).toThrow('era period 48 is not a power of two')
  })
})

describe('decodeExtrinsic', () => {
  test('reads bare extrinsics', () => {
    const bare = codec.encodeUnsigned(REMARK)
    expect(bytesToHex(bare.subarray(0, 2))).toBe('0x1804')
    expect(codec.decodeExtrinsic(bare)).toMatchObject({
      extrinsic: { format: 'bare', version: 4, call: 'remark' },
    })
  })

  test('reads general extrinsics of version 5', () => {
    const runtime = publishedCodec('v16')
    const call = runtime.encodeCall('System', 'remark', ['0x01'])
    const signed = runtime.signExtrinsic({ ...VERSIONS, call, signer: devAccount('//Alice'), nonce: 4 })
    const body = decodeBytes(signed)?.value ?? new Uint8Array()
    // Preamble, address, signature; what follows is the same in both formats.
    const rest = body.subarray(1 + 33 + 65)
    const general = concatBytes(new Uint8Array([(rest.length + 2) << 2, 0x45, 0]), rest)
    expect(runtime.decodeExtrinsic(general)).toMatchObject({
      extrinsic: { format: 'general', version: 5, nonce: 4n },
    })
  })

  test('refuses what is none', () => {
    const bare = codec.encodeUnsigned(REMARK)
    const error = (bytes: Uint8Array) => codec.decodeExtrinsic(bytes)
    expect(error(bare.subarray(0, 5))).toEqual({ kind: 'error', error: 'needs 6 bytes at 1, 4 left' })
    expect(error(concatBytes(bare, new Uint8Array(1)))).toEqual({
      kind: 'error',
      error: '1 bytes after the extrinsic',
    })
    expect(error(new Uint8Array([4, 0x03]))).toEqual({ kind: 'error', error: 'no extrinsic version 3' })
    expect(error(new Uint8Array([4, 0x44]))).toEqual({ kind: 'error', error: 'no extrinsic preamble 0x44' })
    expect(error(new Uint8Array())).toMatchObject({ kind: 'error' })
  })
})

describe('devAccount', () => {
  test('has the addresses that everyone knows', () => {
    expect(devAccount('//Alice').address).toBe('5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY')
    expect(devAccount('//Alice//stash').address).toBe('5GNJqTPyNqANBkUVMN1LPPrxXnFouWXoe2wNSmmEoLctxiZY')
    expect(devAccount('//Alice', { scheme: 'ed25519' }).address).toBe(
      '5FA9nQDVg267DEd8m1ZypXLBnvN7SFxYwV7ndqSYGiN9TTpu',
    )
    expect(bytesToHex(devAccount('//Alice', { scheme: 'ecdsa' }).publicKey)).toBe(
      '0x020a1091341fe5664bfa1782d5e04779689068c916b04cb365ec3153755684d9a1',
    )
  })

  test.each(SCHEMES)('signs verifiably and the same each time, with %s', (scheme) => {
    const account = devAccount('//Charlie', { scheme })
    const message = new Uint8Array([1, 2, 3])
    const signature = account.sign(message)
    expect(account.sign(message)).toEqual(signature)
    expect(signatureVerify(message, signature, account.address).isValid).toBe(true)
    expect(signatureVerify(new Uint8Array([1, 2, 4]), signature, account.address).isValid).toBe(false)
  })

  test('refuses other paths', () => {
    expect(() => devAccount('Alice')).toThrow('no development account at "Alice" for sr25519')
    expect(() => devAccount('/soft', { scheme: 'ed25519' })).toThrow('no development account')
  })
})
