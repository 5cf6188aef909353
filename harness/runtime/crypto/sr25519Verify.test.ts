import { ristretto255 } from '@noble/curves/ed25519.js'
import { bytesToNumberLE, numberToBytesLE } from '@noble/curves/utils.js'
import { cryptoWaitReady, sr25519PairFromSeed, sr25519Sign } from '@polkadot/util-crypto'
import * as scure from '@scure/sr25519'
import fc from 'fast-check'
import { beforeAll, describe, expect, it } from 'vitest'
import { hexToBytes, utf8ToBytes } from '../../base/bytes.ts'
import { sr25519Verify, sr25519VerifyV1 } from './sr25519Verify.ts'

/** Made by schnorrkel 0.1.1, from the tests of sp-core and schnorrkel. */
const PRE_AUDIT = {
  message: utf8ToBytes(
    'Verifying that I am the owner of 5G9hQLdsKQswNPgB499DeA5PkFBbgkLPJWkkS6FAM6xGQ8xD. Hash: 221455a3\n',
  ),
  publicKey: hexToBytes('b4bfa1f7a5166695eb75299fd1c4c03ea212871c342f2c5dfea0902b2c246918'),
  signature: hexToBytes(
    '5a9755f069939f45d96aaf125cf5ce7ba1db998686f87f2fb3cbdea922078741a73891ba265f70c31436e18a9acd14d189d73c12317ab6c313285cd938453202',
  ),
}

describe('sr25519Verify', () => {
  beforeAll(async () => {
    await cryptoWaitReady()
  })

  it('accepts what schnorrkel (wasm) and @scure/sr25519 sign, in both versions', () => {
    const seed = new Uint8Array(32).fill(5)
    const pair = sr25519PairFromSeed(seed)
    const secret = scure.secretFromSeed(seed)
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 400 }), (message) => {
        for (const signature of [
          sr25519Sign(message, pair),
          scure.sign(secret, message, new Uint8Array(32)),
        ]) {
          expect(sr25519Verify(signature, message, pair.publicKey)).toBe(true)
          expect(sr25519VerifyV1(signature, message, pair.publicKey)).toBe(true)
        }
      }),
      { seed: 1, numRuns: 15 },
    )
  })

  it('refuses a tampered signature, message or key', () => {
    const secret = scure.secretFromSeed(new Uint8Array(32).fill(6))
    const key = scure.getPublicKey(secret)
    const message = utf8ToBytes('set_weights')
    const signature = scure.sign(secret, message, new Uint8Array(32))
    for (const verify of [sr25519Verify, sr25519VerifyV1]) {
      for (const at of [0, 31, 32, 62]) expect(verify(flip(signature, at, 1), message, key)).toBe(false)
      expect(verify(signature, utf8ToBytes('set_weightz'), key)).toBe(false)
      expect(verify(signature, message, flip(key, 0, 1))).toBe(false)
      expect(verify(flip(signature, 63, 0x80), message, key)).toBe(false)
      expect(verify(signature.subarray(1), message, key)).toBe(false)
      expect(verify(signature, message, key.subarray(1))).toBe(false)
    }
  })

  it('refuses s at or above the group order', () => {
    const secret = scure.secretFromSeed(new Uint8Array(32).fill(6))
    const key = scure.getPublicKey(secret)
    const signature = scure.sign(secret, new Uint8Array(1), new Uint8Array(32))
    const s = bytesToNumberLE(flip(signature, 63, 0x80).subarray(32))
    const malleated = Uint8Array.from(signature)
    malleated.set(numberToBytesLE(s + ristretto255.Point.Fn.ORDER, 32), 32)
    expect(sr25519VerifyV1(malleated, new Uint8Array(1), key)).toBe(false)
    expect(sr25519Verify(flip(malleated, 63, 0x80), new Uint8Array(1), key)).toBe(false)
    expect(sr25519Verify(signature, new Uint8Array(1), key)).toBe(true)
  })

  it('accepts a signature of schnorrkel 0.1.1 in version 1 only', () => {
    const { signature, message, publicKey } = PRE_AUDIT
    expect(sr25519VerifyV1(signature, message, publicKey)).toBe(true)
    expect(sr25519Verify(signature, message, publicKey)).toBe(false)
    expect(sr25519VerifyV1(flip(signature, 40, 1), message, publicKey)).toBe(false)
    expect(sr25519VerifyV1(signature, message.subarray(1), publicKey)).toBe(false)
  })

  it('takes the identity as a public key, as schnorrkel does', () => {
    // R = sB - k·0, so R = 0 with s = 0 holds for every message
    const signature = new Uint8Array(64)
    signature[63] = 0x80
    expect(sr25519Verify(signature, utf8ToBytes('anything'), new Uint8Array(32))).toBe(true)
    signature[32] = 1
    expect(sr25519Verify(signature, utf8ToBytes('anything'), new Uint8Array(32))).toBe(false)
  })

  it('answers false on any bytes', () => {
    const fixed = (length: number) => fc.uint8Array({ minLength: length, maxLength: length })
    fc.assert(
      fc.property(fixed(64), fc.uint8Array({ maxLength: 40 }), fixed(32), (signature, message, key) => {
        expect(sr25519Verify(signature, message, key)).toBe(false)
        expect(sr25519VerifyV1(signature, message, key)).toBe(false)
      }),
      { seed: 1, numRuns: 40 },
    )
  })
})

function flip(bytes: Uint8Array, at: number, mask: number): Uint8Array {
  return bytes.map((byte, i) => (i === at ? byte ^ mask : byte))
}
