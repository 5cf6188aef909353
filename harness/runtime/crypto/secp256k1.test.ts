import { secp256k1 } from '@noble/curves/secp256k1.js'
import { bytesToNumberBE, numberToBytesBE } from '@noble/curves/utils.js'
import { secp256k1Sign } from '@polkadot/util-crypto'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { bytesToHex, concatBytes, hexToBytes, utf8ToBytes } from '../../base/bytes.ts'
import { blake2_256 } from '../../base/hash.ts'
import { keccak256 } from './digests.ts'
import { ecdsaVerify, ecdsaVerifyPrehashed } from './ecdsaVerify.ts'
import { secp256k1Recover } from './secp256k1Recover.ts'

const ORDER = secp256k1.Point.Fn.ORDER
const STRICT = { strict: true, compressed: false }
const LAX = { strict: false, compressed: false }

/** Ethereum's ecrecover precompile vector: r, s (above half the order) and v 28. */
const ETHEREUM = {
  digest: hexToBytes('18c547e4f7b0f325ad1e56f57e26c745b09a3e503d86e00e5255ff7f715d3d1c'),
  signature: hexToBytes(
    '73b1693892219d736caba55bdb67216e485557ea6b6af75f37096c9aa6a5a75feeb940b1d03b21e36b0e47e79769f095fe2ab855bd91e3a38756b7d75a9c45491c',
  ),
  address: '0xa94f5374fce5edbc8e2a8697c15331677e6ebf0b',
}

/** sp-core `ecdsa.rs`, test_vector_by_string. */
const SP_CORE = {
  publicKey: hexToBytes('028db55b05db86c0b1786ca49f095d76344c9e6056b2f02701a7e7f3c20aabfd91'),
  signature: hexToBytes(
    '3dde91174bd9359027be59a428b8146513df80a2a3c7eda2194f64de04a69ab97b753169e94db6ffd50921a2668a48b94ca11e3d32c1ff19cfe88890aa7e8f3c00',
  ),
}

function withV(signature: Uint8Array, v: number): Uint8Array {
  return concatBytes(signature.subarray(0, 64), new Uint8Array([v]))
}

function rsv(r: bigint, s: bigint, v: number): Uint8Array {
  return concatBytes(numberToBytesBE(r, 32), numberToBytesBE(s, 32), new Uint8Array([v]))
}

describe('secp256k1Recover', () => {
  it('recovers the Ethereum vector, v with or without 27', () => {
    for (const v of [28, 1]) {
      const result = secp256k1Recover(withV(ETHEREUM.signature, v), ETHEREUM.digest, STRICT)
      if (result.kind !== 'ok') throw new Error(`code ${result.code}`)
      expect(result.publicKey).toHaveLength(64)
      expect(bytesToHex(keccak256(result.publicKey).subarray(12))).toBe(ETHEREUM.address)
    }
    const compressed = secp256k1Recover(ETHEREUM.signature, ETHEREUM.digest, { ...STRICT, compressed: true })
    expect(compressed.kind === 'ok' && compressed.publicKey.length).toBe(33)
    const other = secp256k1Recover(withV(ETHEREUM.signature, 27), ETHEREUM.digest, STRICT)
    expect(other.kind === 'ok' && bytesToHex(keccak256(other.publicKey).subarray(12))).not.toBe(
      ETHEREUM.address,
    )
  })

  it('names what is wrong: v, then r and s, then the curve', () => {
    const overflowing = rsv(ORDER + 1n, 1n, 0)
    const code = (signature: Uint8Array, options = STRICT): number | 'ok' => {
      const result = secp256k1Recover(signature, ETHEREUM.digest, options)
      return result.kind === 'ok' ? 'ok' : result.code
    }
    for (const v of [4, 26, 31, 255]) expect(code(withV(ETHEREUM.signature, v))).toBe(1)
    expect(code(withV(overflowing, 9))).toBe(1)
    expect(code(overflowing)).toBe(0)
    expect(code(rsv(1n, ORDER, 0))).toBe(0)
    expect(code(rsv(1n, ORDER, 0), LAX)).toBe(2)
    expect(code(rsv(0n, 1n, 0))).toBe(2)
    expect(code(rsv(1n, 0n, 0))).toBe(2)
    expect(code(rsv(5n, 1n, 0))).toBe(2) // no point has x = 5
    expect(code(rsv(ORDER - 1n, 1n, 2))).toBe(2) // r + order is past the field
  })

  it('reduces r and s only when lax', () => {
    const small = secp256k1Recover(rsv(1n, 5n, 0), ETHEREUM.digest, STRICT)
    expect(small.kind).toBe('ok')
    for (const signature of [rsv(ORDER + 1n, 5n, 0), rsv(1n, ORDER + 5n, 0)]) {
      expect(secp256k1Recover(signature, ETHEREUM.digest, LAX)).toEqual(small)
      expect(secp256k1Recover(signature, ETHEREUM.digest, STRICT)).toEqual({ kind: 'error', code: 0 })
    }
  })

  it('answers for any 65 bytes', () => {
    const fixed = (length: number) => fc.uint8Array({ minLength: length, maxLength: length })
    fc.assert(
      fc.property(fixed(65), fixed(32), fc.boolean(), (signature, digest, strict) => {
        const v = (signature[64] ?? 0) & 3
        const result = secp256k1Recover(withV(signature, v), digest, { strict, compressed: false })
        if (result.kind !== 'ok') return
        const key = secp256k1.Point.fromBytes(concatBytes(new Uint8Array([4]), result.publicKey)).toBytes()
        expect(
          secp256k1.verify(signature.subarray(0, 64), digest, key, { prehash: false, lowS: false }),
        ).toBe(true)
      }),
      { seed: 1, numRuns: 40 },
    )
  })
})

describe('ecdsaVerify', () => {
  it('accepts the vector of sp-core, and refuses it with 27 added to v', () => {
    const message = new Uint8Array(0)
    for (const strict of [true, false]) {
      const verify = (signature: Uint8Array, key = SP_CORE.publicKey): boolean =>
        ecdsaVerify(signature, message, key, { strict })
      expect(verify(SP_CORE.signature)).toBe(true)
      expect(verify(withV(SP_CORE.signature, 27))).toBe(false)
      expect(verify(withV(SP_CORE.signature, 1))).toBe(false)
      expect(verify(SP_CORE.signature.subarray(0, 64))).toBe(false)
      expect(verify(SP_CORE.signature, SP_CORE.publicKey.subarray(1))).toBe(false)
    }
    expect(ecdsaVerify(SP_CORE.signature, utf8ToBytes('x'), SP_CORE.publicKey, { strict: true })).toBe(false)
  })

  it('accepts an overflowing s in version 1 only', () => {
    const message = utf8ToBytes('overflow')
    const digest = blake2_256(message)
    const key = secp256k1Recover(rsv(1n, 5n, 0), digest, { strict: true, compressed: true })
    if (key.kind !== 'ok') throw new Error('no key')
    const overflowing = rsv(1n, ORDER + 5n, 0)
    expect(ecdsaVerify(overflowing, message, key.publicKey, { strict: false })).toBe(true)
    expect(ecdsaVerify(overflowing, message, key.publicKey, { strict: true })).toBe(false)
    expect(ecdsaVerifyPrehashed(rsv(1n, 5n, 0), digest, key.publicKey)).toBe(true)
    expect(ecdsaVerifyPrehashed(overflowing, digest, key.publicKey)).toBe(false)
  })

  it('agrees with what @polkadot/util-crypto signs, high s included', () => {
    const secretKey = new Uint8Array(32).fill(9)
    const publicKey = secp256k1.getPublicKey(secretKey, true)
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 80 }), (message) => {
        const signature = secp256k1Sign(message, { secretKey }, 'blake2')
        expect(ecdsaVerify(signature, message, publicKey, { strict: true })).toBe(true)
        const s = bytesToNumberBE(signature.subarray(32, 64))
        const flipped = rsv(bytesToNumberBE(signature.subarray(0, 32)), ORDER - s, (signature[64] ?? 0) ^ 1)
        expect(ecdsaVerify(flipped, message, publicKey, { strict: true })).toBe(true)
      }),
      { seed: 1, numRuns: 15 },
    )
  })
})
