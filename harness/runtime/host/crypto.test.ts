import { beforeAll, describe, expect, it } from 'vitest'
import { bytesToHex, concatBytes, hexToBytes, utf8ToBytes } from '../../base/bytes.ts'
import { blake2_256 } from '../../base/hash.ts'
import { decodeBytes, encodeBytes } from '../../codec/scale.ts'
import { createKeystore } from '../crypto/keystore.ts'
import type { ScriptArgument } from './hostScript.testkit.ts'
import { createScriptRunner, type ScriptCall, type ScriptRunner } from './scriptRunner.testkit.ts'

const SCHEMES = ['ed25519', 'sr25519', 'ecdsa'] as const
const MESSAGE = utf8ToBytes('set_weights')
const AURA = utf8ToBytes('aura')
const ALICE = concatBytes(new Uint8Array([1]), encodeBytes(utf8ToBytes('//Alice')))
const ACCEPTED = '0x01000000'
const REFUSED = '0x00000000'

let runner: ScriptRunner
beforeAll(async () => {
  runner = await createScriptRunner()
})

const keystore = createKeystore()
const pairs = Object.fromEntries(
  SCHEMES.map((scheme) => {
    const key = must(keystore.generate(scheme, 'aura', utf8ToBytes('//Alice')))
    return [scheme, { key, signature: must(keystore.sign(scheme, 'aura', key, MESSAGE)) }]
  }),
)
const pairOf = (scheme: string) => must(pairs[scheme])
const crypto = (method: string, ...args: (ScriptArgument | string)[]): ScriptCall => [
  `crypto_${method}`,
  args,
]

describe('verification', () => {
  const versions = [
    ['ed25519', 'ed25519_verify_version_1'],
    ['sr25519', 'sr25519_verify_version_1'],
    ['sr25519', 'sr25519_verify_version_2'],
    ['ecdsa', 'ecdsa_verify_version_1'],
    ['ecdsa', 'ecdsa_verify_version_2'],
    ['ed25519', 'ed25519_batch_verify_version_1'],
    ['sr25519', 'sr25519_batch_verify_version_1'],
    ['ecdsa', 'ecdsa_batch_verify_version_1'],
  ] as const

  it.each(versions)(
    '%s: %s tells good from bad, and asks no more when all are accepted',
    (scheme, method) => {
      const { key, signature } = pairOf(scheme)
      const good = crypto(method, signature, MESSAGE, key)
      const bad = crypto(method, signature, utf8ToBytes('another'), key)
      expect(runner.results([good, bad, good, bad])).toEqual([ACCEPTED, REFUSED, ACCEPTED, REFUSED])
      expect(runner.results([bad], { options: { signatures: 'accept' } })).toEqual([ACCEPTED])
    },
  )

  it('takes the digest in ecdsa_verify_prehashed', () => {
    const { key, signature } = pairOf('ecdsa')
    const method = 'ecdsa_verify_prehashed_version_1'
    expect(
      runner.results([
        crypto(method, signature, blake2_256(MESSAGE), key),
        crypto(method, signature, blake2_256(key), key),
      ]),
    ).toEqual([ACCEPTED, REFUSED])
  })

  it('sums a batch up, and starts the next one anew', () => {
    const { key, signature } = pairOf('sr25519')
    const start = crypto('start_batch_verify_version_1')
    const finish = crypto('finish_batch_verify_version_1')
    const good = crypto('sr25519_batch_verify_version_1', signature, MESSAGE, key)
    const bad = crypto('sr25519_batch_verify_version_1', signature, 'x', key)
    const results = runner.results([start, good, bad, good, finish, start, good, finish, start, finish])
    expect([results[4], results[7], results[9]]).toEqual([REFUSED, ACCEPTED, ACCEPTED])
    expect(runner.run([start, start])).toMatchObject({
      kind: 'panic',
      message: 'a signature batch is already open',
    })
    expect(runner.run([start]).kind).toBe('ok')
    expect(runner.run([finish])).toMatchObject({ kind: 'panic', message: 'no signature batch is open' })
  })
})

describe('secp256k1_ecdsa_recover', () => {
  const digest = blake2_256(MESSAGE)
  const recover = (method: string, signature: Uint8Array) =>
    crypto(`secp256k1_ecdsa_${method}`, signature, digest)

  it.each([1, 2])('version %i gives the key, whole or compressed', (version) => {
    const { key, signature } = pairOf('ecdsa')
    const [whole, compressed] = runner.results([
      recover(`recover_version_${version}`, signature),
      recover(`recover_compressed_version_${version}`, signature),
    ])
    expect(compressed).toBe(`0x00${bytesToHex(key).slice(2)}`)
    expect(whole?.slice(0, 68)).toBe(`0x00${bytesToHex(key).slice(4)}`)
    expect(whole).toHaveLength(2 + 2 * 65)
  })

  it('names what is wrong: r or s 0, v 1, signature 2', () => {
    const { signature } = pairOf('ecdsa')
    const overflowing = concatBytes(new Uint8Array(64).fill(0xff), new Uint8Array([0]))
    const badV = concatBytes(signature.subarray(0, 64), new Uint8Array([9]))
    const method = 'recover_version_2'
    const results = runner.results([overflowing, badV, new Uint8Array(65)].map((one) => recover(method, one)))
    expect(results).toEqual(['0x0100', '0x0101', '0x0102'])
  })
})

describe('keystore', () => {
  it.each(SCHEMES)('%s: generates, lists and signs', (scheme) => {
    const { key, signature } = pairOf(scheme)
    const generate: ScriptCall = [`crypto_${scheme}_generate_version_1`, [AURA, ALICE], key.length]
    const keys = crypto(`${scheme}_public_keys_version_1`, AURA)
    const sign = crypto(`${scheme}_sign_version_1`, AURA, key, MESSAGE)
    const results = runner.results([keys, sign, generate, keys, sign])
    expect(results.slice(0, 4)).toEqual(['0x00', '0x00', bytesToHex(key), `0x04${bytesToHex(key).slice(2)}`])
    const made = hexToBytes(results[4] ?? '')
    expect(made[0]).toBe(1)
    const verify = crypto(`${scheme}_verify_version_1`, made.subarray(1), MESSAGE, key)
    expect(runner.results([verify])).toEqual([ACCEPTED])
    expect(made.length).toBe(signature.length + 1)
  })

  it('signs a digest with ecdsa', () => {
    const { key } = pairOf('ecdsa')
    const generate: ScriptCall = ['crypto_ecdsa_generate_version_1', [AURA, ALICE], 33]
    const sign = crypto('ecdsa_sign_prehashed_version_1', AURA, key, blake2_256(MESSAGE))
    const signature = hexToBytes(runner.results([generate, sign])[1] ?? '').subarray(1)
    const verify = crypto('ecdsa_verify_version_2', signature, MESSAGE, key)
    expect(runner.results([verify])).toEqual([ACCEPTED])
  })

  it('starts empty at each call, and makes the same keys again', () => {
    const generate = crypto('sr25519_generate_version_1', AURA, new Uint8Array([0]))
    const keys = crypto('sr25519_public_keys_version_1', AURA)
    const first = runner.results([generate, generate, keys])
    expect(runner.results([generate, generate, keys])).toEqual(first)
    expect(first[0]).not.toBe(first[1])
    expect(decodeBytes(hexToBytes(first[2] ?? ''))?.value.length).toBe(2)
    expect(runner.results([keys])).toEqual(['0x00'])
  })

  it('keeps key types apart that are not text', () => {
    const generate: ScriptCall = [
      'crypto_ed25519_generate_version_1',
      [new Uint8Array([0xff, 1, 2, 3]), ALICE],
    ]
    const keys = crypto('ed25519_public_keys_version_1', new Uint8Array([0xfe, 1, 2, 3]))
    expect(runner.results([generate, keys])[1]).toBe('0x00')
  })

  it('panics on a phrase that is none, as a node does', () => {
    const seed = concatBytes(new Uint8Array([1]), encodeBytes(utf8ToBytes('no such words')))
    expect(runner.run([['crypto_sr25519_generate_version_1', [AURA, seed]]])).toMatchObject({
      kind: 'panic',
      message: 'sr25519_generate: the seed phrase is malformed',
    })
  })
})

function must<T>(value: T | null | undefined): T {
  if (value === null || value === undefined) throw new Error('a test value is missing')
  return value
}
