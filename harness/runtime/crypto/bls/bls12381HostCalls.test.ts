import { createHash } from 'node:crypto'
import { bls12_381 } from '@noble/curves/bls12-381.js'
import { bytesToNumberLE, numberToBytesLE } from '@noble/curves/utils.js'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { concatBytes, utf8ToBytes } from '../../../base/bytes.ts'
import { ArkReader, type Fp12, G1_CODEC, G2_CODEC, readFp12, writeFp2, writeFp12 } from './arkCodec.ts'
import { bls12381HostCalls, selectBls12381HostCalls } from './bls12381HostCalls.ts'
import { jacobianToAffine } from './jacobian.ts'

const { Fp, Fp2, Fp12: F12, Fr } = bls12_381.fields
const G1 = bls12_381.G1.Point
const G2 = bls12_381.G2.Point
type G1Point = InstanceType<typeof G1>
type G2Point = InstanceType<typeof G2>

const ONE_FP12 = writeFp12(F12.ONE)
const G1_INFINITY = concatBytes(new Uint8Array([0x40]), new Uint8Array(95))
const G2_INFINITY = concatBytes(new Uint8Array([0x40]), new Uint8Array(191))

function call(name: string, ...args: Uint8Array[]): Uint8Array | null {
  const run = bls12381HostCalls[name]
  if (run === undefined) throw new Error(`no host call ${name}`)
  return run(...args)
}

function vec(...items: Uint8Array[]): Uint8Array {
  return concatBytes(numberToBytesLE(items.length, 8), ...items)
}

/** A `Vec<u64>` of limbs. */
function bigInteger(value: bigint, limbs = 4): Uint8Array {
  return concatBytes(numberToBytesLE(limbs, 8), numberToBytesLE(value, 8 * limbs))
}

function g1Affine(point: G1Point): Uint8Array {
  return point.toBytes(false)
}

function g2Affine(point: G2Point): Uint8Array {
  return point.toBytes(false)
}

function g1Projective(point: G1Point, z = 1n): Uint8Array {
  const { x, y } = point.toAffine()
  const parts = [Fp.mul(x, Fp.sqr(z)), Fp.mul(y, Fp.mul(Fp.sqr(z), z)), z]
  return concatBytes(...parts.map((part) => numberToBytesLE(part, 48)))
}

function g2Projective(point: G2Point): Uint8Array {
  const { x, y } = point.toAffine()
  return concatBytes(...[x, y, Fp2.ONE].map(writeFp2))
}

/** e(P1, Q1) · e(P2, Q2) · … through the two host calls. */
function pairing(...pairs: (readonly [G1Point, G2Point])[]): Uint8Array {
  const first = vec(...pairs.map(([p]) => g1Affine(p)))
  const second = vec(...pairs.map(([, q]) => g2Affine(q)))
  const miller = call('multi_miller_loop', first, second)
  const result = miller && call('final_exponentiation', miller)
  if (!result) throw new Error('Err(())')
  return result
}

function fp12(bytes: Uint8Array): Fp12 {
  const value = readFp12(new ArkReader(bytes))
  if (value === null) throw new Error('not an Fp12')
  return value
}

function g1Result(bytes: Uint8Array | null): unknown {
  const point = bytes && G1_CODEC.readJacobian(new ArkReader(bytes))
  return point && jacobianToAffine(Fp, point)
}

function g2Result(bytes: Uint8Array | null): unknown {
  const point = bytes && G2_CODEC.readJacobian(new ArkReader(bytes))
  return point && jacobianToAffine(Fp2, point)
}

describe('pairing', () => {
  it('is noble’s pairing', () => {
    expect(F12.eql(fp12(pairing([G1.BASE, G2.BASE])), bls12_381.pairing(G1.BASE, G2.BASE))).toBe(true)
    const p = G1.BASE.multiply(123456789n)
    const q = G2.BASE.multiply(987654321n)
    expect(F12.eql(fp12(pairing([p, q])), bls12_381.pairing(p, q))).toBe(true)
  })

  it('is bilinear: e(aP, Q) = e(P, aQ) = e(P, Q)^a, and not for another a', () => {
    const a = 0xdeadbeefn
    const left = pairing([G1.BASE.multiply(a), G2.BASE])
    expect(left).toEqual(pairing([G1.BASE, G2.BASE.multiply(a)]))
    expect(F12.eql(fp12(left), F12.pow(fp12(pairing([G1.BASE, G2.BASE])), a))).toBe(true)
    expect(left).not.toEqual(pairing([G1.BASE, G2.BASE.multiply(a + 1n)]))
    expect(left).not.toEqual(ONE_FP12)
  })

  it('multiplies the pairs, any number of them', () => {
    const p = G1.BASE.multiply(7n)
    expect(pairing([p, G2.BASE], [p.negate(), G2.BASE])).toEqual(ONE_FP12)
    const many = [1n, 2n, 3n, 4n, 5n].map((k) => [G1.BASE.multiply(k), G2.BASE] as const)
    expect(pairing(...many)).toEqual(pairing([G1.BASE.multiply(15n), G2.BASE]))
  })

  it('raises to arkworks’ exponent, three times (p^12 - 1) / r', () => {
    const value = bls12_381.pairing(G1.BASE, G2.BASE, false)
    const exponent = (3n * (Fp.ORDER ** 12n - 1n)) / Fr.ORDER
    expect(call('final_exponentiation', writeFp12(value))).toEqual(writeFp12(F12.pow(value, exponent)))
  })

  it('counts points at infinity, and no pairs at all, as one', () => {
    expect(call('multi_miller_loop', vec(), vec())).toEqual(ONE_FP12)
    expect(call('multi_miller_loop', vec(G1_INFINITY), vec(g2Affine(G2.BASE)))).toEqual(ONE_FP12)
    expect(call('multi_miller_loop', vec(g1Affine(G1.BASE)), vec(G2_INFINITY))).toEqual(ONE_FP12)
    expect(call('final_exponentiation', ONE_FP12)).toEqual(ONE_FP12)
  })

  it('does not check curve or subgroup', () => {
    const offCurve = concatBytes(
      new Uint8Array(47),
      new Uint8Array([2]),
      new Uint8Array(47),
      new Uint8Array([3]),
    )
    const result = call('multi_miller_loop', vec(offCurve), vec(g2Affine(G2.BASE)))
    expect(result).toHaveLength(576)
    expect(result).not.toEqual(ONE_FP12)
  })
})

describe('drand quicknet, as the drand pallet of subtensor verifies it', () => {
  const publicKey = G2.fromHex(
    '83cf0f2896adee7eb8b5f01fcad3912212c437e0073e911fb90022d3e760183c8c4b450b6a0a6c3ac6a5776a2d1064510d1fec758c921cc22b0e17e63aaf4bcb5ed66304de9cf809bd274ca73bab4af5a6e9c76a4bc09e76eae8991ef5ece45a',
  )
  const signature = G1.fromHex(
    'b44679b9a59af2ec876b1a6b1ad52ea9b1615fc3982b19576350f93447cb1125e342b73a8dd2bacbe47e4b6b63ed5e39',
  )

  function verifies(round: bigint): boolean {
    const bytes = Buffer.alloc(8)
    bytes.writeBigUInt64BE(round)
    const hashed = bls12_381.G1.hashToCurve(createHash('sha256').update(bytes).digest(), {
      DST: utf8ToBytes('BLS_SIG_BLS12381G1_XMD:SHA-256_SSWU_RO_NUL_'),
    })
    const product = pairing([signature.negate(), G2.BASE], [hashed, publicKey])
    return Buffer.compare(product, ONE_FP12) === 0
  }

  it('verifies round 1000, and not round 1001 with the same signature', () => {
    expect(verifies(1000n)).toBe(true)
    expect(verifies(1001n)).toBe(false)
  })
})

describe('multiplication', () => {
  const scalars = fc.bigInt({ min: 1n, max: Fr.ORDER - 1n })

  it('agrees with noble, projective and affine, in both groups', () => {
    fc.assert(
      fc.property(scalars, scalars, (a, k) => {
        const p = G1.BASE.multiply(a)
        const q = G2.BASE.multiply(a)
        const kp = p.multiply(k)
        const kq = q.multiply(k)
        const inG1 = call('mul_projective_g1', g1Projective(p, a), bigInteger(k))
        expect(g1Result(inG1)).toEqual({ kind: 'point', ...kp.toAffine() })
        const inG2 = call('mul_projective_g2', g2Projective(q), bigInteger(k))
        expect(g2Result(inG2)).toEqual({ kind: 'point', ...kq.toAffine() })
        expect(call('mul_affine_g1', g1Affine(p), bigInteger(k))).toEqual(g1Affine(kp))
        expect(call('mul_affine_g2', g2Affine(q), bigInteger(k))).toEqual(g2Affine(kq))
      }),
      { seed: 1, numRuns: 5 },
    )
  })

  it('takes scalars of any length, unreduced', () => {
    const p = g1Affine(G1.BASE)
    expect(call('mul_affine_g1', p, bigInteger(5n, 1))).toEqual(g1Affine(G1.BASE.multiply(5n)))
    expect(call('mul_affine_g1', p, bigInteger(5n, 9))).toEqual(g1Affine(G1.BASE.multiply(5n)))
    expect(call('mul_affine_g1', p, bigInteger(Fr.ORDER))).toEqual(G1_INFINITY)
    expect(call('mul_affine_g1', p, vec())).toEqual(G1_INFINITY)
    expect(call('mul_affine_g2', g2Affine(G2.BASE), bigInteger(Fr.ORDER))).toEqual(G2_INFINITY)
  })

  it('writes projective infinity as (1, 1, 0)', () => {
    const one = numberToBytesLE(1n, 48)
    const expected = concatBytes(one, one, new Uint8Array(48))
    expect(call('mul_projective_g1', g1Projective(G1.BASE), bigInteger(0n))).toEqual(expected)
    expect(call('mul_projective_g1', expected, bigInteger(77n))).toEqual(expected)
    expect(call('mul_projective_g1', new Uint8Array(144), bigInteger(77n))?.subarray(96)).toEqual(
      new Uint8Array(48),
    )
  })

  it('sums many, projective for deployed runtimes and affine for those with mul_affine', () => {
    const terms = [3n, 5n, Fr.ORDER - 1n]
    const factors = vec(...terms.map((k) => numberToBytesLE(k, 32)))
    const sum = G1.BASE.multiply(2n * 3n + 3n * 5n - 4n)
    const sum2 = G2.BASE.multiply(2n * 3n + 3n * 5n - 4n)
    const bases = vec(...[2n, 3n, 4n].map((k) => g1Affine(G1.BASE.multiply(k))))
    const bases2 = vec(...[2n, 3n, 4n].map((k) => g2Affine(G2.BASE.multiply(k))))
    expect(g1Result(call('msm_g1', bases, factors))).toEqual({ kind: 'point', ...sum.toAffine() })
    expect(g2Result(call('msm_g2', bases2, factors))).toEqual({ kind: 'point', ...sum2.toAffine() })
    const affine = selectBls12381HostCalls(['env', 'ext_host_calls_bls12_381_mul_affine_g2_version_1'])
    expect(affine['msm_g1']?.(bases, factors)).toEqual(g1Affine(sum))
    expect(affine['msm_g2']?.(bases2, factors)).toEqual(g2Affine(sum2))
    expect(affine['msm_g1']?.(vec(), vec())).toEqual(G1_INFINITY)
    expect(selectBls12381HostCalls(['ext_host_calls_bls12_381_msm_g1_version_1'])).toBe(bls12381HostCalls)
  })
})

describe('malformed arguments give Err(())', () => {
  const p = g1Affine(G1.BASE)
  const q = g2Affine(G2.BASE)
  const withTop = (bytes: Uint8Array, top: number): Uint8Array =>
    bytes.map((byte, i) => (i === 0 ? byte | top : byte))
  const modulus = numberToBytesLE(Fp.ORDER, 48)

  it.each<[string, () => Uint8Array | null]>([
    ['no argument', () => call('multi_miller_loop')],
    ['a count past the bytes', () => call('multi_miller_loop', vec(p).subarray(0, 60), vec(q))],
    ['a huge count', () => call('multi_miller_loop', new Uint8Array(8).fill(255), vec(q))],
    ['unequal counts', () => call('multi_miller_loop', vec(p, p), vec(q))],
    ['the compressed flag', () => call('multi_miller_loop', vec(withTop(p, 0x80)), vec(q))],
    ['the sort flag', () => call('multi_miller_loop', vec(withTop(p, 0x20)), vec(q))],
    ['infinity with coordinates', () => call('multi_miller_loop', vec(withTop(p, 0x40)), vec(q))],
    ['a G2 coordinate past the modulus', () => call('mul_affine_g2', modulusAt(q, 96), bigInteger(1n))],
    ['an Fp12 that is short', () => call('final_exponentiation', ONE_FP12.subarray(1))],
    ['an Fp12 of zero', () => call('final_exponentiation', new Uint8Array(576))],
    [
      'an Fp12 past the modulus',
      () => call('final_exponentiation', concatBytes(modulus, ONE_FP12.subarray(48))),
    ],
    [
      'a projective point that is short',
      () => call('mul_projective_g1', new Uint8Array(143), bigInteger(1n)),
    ],
    [
      'a projective coordinate past the modulus',
      () => call('mul_projective_g1', concatBytes(modulus, new Uint8Array(96)), bigInteger(1n)),
    ],
    [
      'a scalar that is short',
      () => call('mul_projective_g1', g1Projective(G1.BASE), bigInteger(1n).subarray(0, 39)),
    ],
    ['an msm scalar at the group order', () => call('msm_g1', vec(p), vec(numberToBytesLE(Fr.ORDER, 32)))],
    ['an msm of unequal counts', () => call('msm_g2', vec(q, q), vec(numberToBytesLE(1n, 32)))],
  ])('%s', (_, run) => {
    expect(run()).toBeNull()
  })

  it('ignores bytes after a value', () => {
    const extra = concatBytes(ONE_FP12, new Uint8Array(3))
    expect(call('final_exponentiation', extra)).toEqual(ONE_FP12)
  })

  it('answers for any bytes without throwing', () => {
    const bytes = fc.uint8Array({ maxLength: 300 })
    fc.assert(
      fc.property(fc.constantFrom(...Object.keys(bls12381HostCalls)), bytes, bytes, (name, a, b) => {
        const result = call(name, a, b)
        expect(result === null || result instanceof Uint8Array).toBe(true)
      }),
      { seed: 1, numRuns: 200 },
    )
  })

  function modulusAt(bytes: Uint8Array, at: number): Uint8Array {
    const copy = Uint8Array.from(bytes)
    copy.set(modulus.toReversed(), at)
    return copy
  }
})

it('reads back the coordinates that it writes', () => {
  const bytes = pairing([G1.BASE, G2.BASE])
  expect(writeFp12(fp12(bytes))).toEqual(bytes)
  expect(bytesToNumberLE(bytes.subarray(0, 48))).toBe(fp12(bytes).c0.c0.c0)
})
