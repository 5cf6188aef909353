import { Keyring } from '@polkadot/keyring'
import { cryptoWaitReady, mnemonicToEntropy } from '@polkadot/util-crypto'
import { beforeAll, describe, expect, it } from 'vitest'
import { bytesToHex, utf8ToBytes } from '../../base/bytes.ts'
import { blake2_256 } from '../../base/hash.ts'
import { ecdsaVerify, ecdsaVerifyPrehashed } from './ecdsaVerify.ts'
import { ed25519Verify } from './ed25519Verify.ts'
import { createKeystore } from './keystore.ts'
import { sr25519Verify } from './sr25519Verify.ts'

const SCHEMES = ['sr25519', 'ed25519', 'ecdsa'] as const
const ALICE = {
  sr25519: '0xd43593c715fdd31c61141abd04a99fd6822c8558854ccde39a5684e7a56da27d',
  ed25519: '0x88dc3417d5058ec4b4503e0c12ea1a0a89be200fe98922423d4334014fa6b0ee',
  ecdsa: '0x020a1091341fe5664bfa1782d5e04779689068c916b04cb365ec3153755684d9a1',
}
const VERIFY = {
  sr25519: sr25519Verify,
  ed25519: ed25519Verify,
  ecdsa: (s: Uint8Array, m: Uint8Array, k: Uint8Array) => ecdsaVerify(s, m, k, { strict: true }),
}
const SEED = '0x9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60'

describe.each(SCHEMES)('keystore: %s', (scheme) => {
  beforeAll(async () => {
    await cryptoWaitReady()
  })

  const generate = (uri: string): Uint8Array | null =>
    createKeystore({ mnemonicToEntropy: toEntropy }).generate(scheme, 'aura', utf8ToBytes(uri))

  it('makes the well-known Alice', () => {
    const key = generate('//Alice')
    expect(key && bytesToHex(key)).toBe(ALICE[scheme])
  })

  it('derives as @polkadot/keyring does', () => {
    const paths = [
      '',
      '//Bob',
      '//Alice//stash',
      '//42',
      '//0007',
      '//a name that is longer than thirty-two bytes',
    ]
    const uris = [
      ...paths.map((path) => `bottom drive obey lake curtain smoke basket hold race lonely fit walk${path}`),
      'bottom drive obey lake curtain smoke basket hold race lonely fit walk//Alice///password',
      'legal winner thank year wave sausage worth useful legal winner thank yellow//x',
      SEED,
      `${SEED}//1`,
      ...(scheme === 'sr25519' ? ['//Alice/soft/7'] : []),
    ]
    const keyring = new Keyring({ type: scheme })
    for (const uri of uris) {
      const full = uri.startsWith('/')
        ? `bottom drive obey lake curtain smoke basket hold race lonely fit walk${uri}`
        : uri
      expect([uri, generate(uri)]).toEqual([uri, keyring.createFromUri(full).publicKey])
    }
  })

  it('signs so that the signature verifies, and the same each time', () => {
    const store = createKeystore()
    const key = store.generate(scheme, 'aura', utf8ToBytes('//Alice'))
    if (key === null) throw new Error('no key')
    const message = utf8ToBytes('a block')
    const signature = store.sign(scheme, 'aura', key, message)
    if (signature === null) throw new Error('no signature')
    expect(VERIFY[scheme](signature, message, key)).toBe(true)
    expect(VERIFY[scheme](signature, utf8ToBytes('another'), key)).toBe(false)
    expect(store.sign(scheme, 'aura', key, message)).toEqual(signature)
    expect(store.sign(scheme, 'gran', key, message)).toBeNull()
    expect(
      store.sign(
        scheme,
        'aura',
        key.map((byte) => byte ^ 1),
        message,
      ),
    ).toBeNull()
  })

  it('lists keys once each, in order, by scheme and key type', () => {
    const store = createKeystore()
    const alice = store.generate(scheme, 'aura', utf8ToBytes('//Alice'))
    const first = store.generate(scheme, 'aura', null)
    const second = store.generate(scheme, 'gran', null)
    store.generate(scheme, 'aura', utf8ToBytes('//Alice'))
    expect(store.publicKeys(scheme, 'aura')).toEqual([alice, first])
    expect(store.publicKeys(scheme, 'gran')).toEqual([second])
    expect(first).not.toEqual(second)
    const other = scheme === 'sr25519' ? 'ed25519' : 'sr25519'
    expect(store.publicKeys(other, 'aura')).toEqual([])
  })

  it('repeats its own sequence of keys, which the seed option changes', () => {
    const run = (randomSeed?: Uint8Array): (Uint8Array | null)[] => {
      const store = createKeystore(randomSeed === undefined ? {} : { randomSeed })
      return [store.generate(scheme, 'aura', null), store.generate(scheme, 'aura', null)]
    }
    expect(run()).toEqual(run())
    expect(run(new Uint8Array([1]))).not.toEqual(run())
  })

  it('refuses phrases that a node would panic on', () => {
    const bad = ['no such mnemonic', '0x00', `0x${'0'.repeat(63)}`, '//', '/', 'a/b//', '0xzz//Alice', '!']
    for (const uri of bad) expect([uri, generate(uri)]).toEqual([uri, null])
    expect(createKeystore().generate(scheme, 'aura', new Uint8Array([0x2f, 0x2f, 0xff]))).toBeNull()
    if (scheme !== 'sr25519') expect(generate('//Alice/soft')).toBeNull()
    if (scheme === 'ecdsa') expect(generate(`0x${'f'.repeat(64)}`)).toBeNull()
  })
})

it('signs a digest with ecdsa', () => {
  const store = createKeystore()
  const key = store.generate('ecdsa', 'beef', utf8ToBytes('//Alice'))
  if (key === null) throw new Error('no key')
  const digest = blake2_256(utf8ToBytes('payload'))
  const signature = store.ecdsaSignPrehashed('beef', key, digest)
  expect(signature).toEqual(store.sign('ecdsa', 'beef', key, utf8ToBytes('payload')))
  expect(signature && ecdsaVerifyPrehashed(signature, digest, key)).toBe(true)
  expect(store.ecdsaSignPrehashed('aura', key, digest)).toBeNull()
})

it('makes the sp-core vector: seed to key and signature', () => {
  const store = createKeystore()
  const key = store.generate('ecdsa', 'test', utf8ToBytes(SEED))
  if (key === null) throw new Error('no key')
  expect(bytesToHex(key)).toBe('0x028db55b05db86c0b1786ca49f095d76344c9e6056b2f02701a7e7f3c20aabfd91')
  const signature = store.sign('ecdsa', 'test', key, new Uint8Array(0))
  expect(signature && bytesToHex(signature)).toBe(
    '0x3dde91174bd9359027be59a428b8146513df80a2a3c7eda2194f64de04a69ab97b753169e94db6ffd50921a2668a48b94ca11e3d32c1ff19cfe88890aa7e8f3c00',
  )
})

function toEntropy(phrase: string): Uint8Array | null {
  try {
    return mnemonicToEntropy(phrase)
  } catch {
    return null
  }
}
