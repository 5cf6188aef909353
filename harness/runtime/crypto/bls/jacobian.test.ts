import { bls12_381 } from '@noble/curves/bls12-381.js'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  type Affine,
  addPoints,
  affineToJacobian,
  doublePoint,
  infinity,
  type Jacobian,
  jacobianToAffine,
  multiplyPoint,
} from './jacobian.ts'

const { Fp, Fp2, Fr } = bls12_381.fields
const BASE: Affine<bigint> = { kind: 'point', ...bls12_381.G1.Point.BASE.toAffine() }
const G = affineToJacobian(Fp, BASE)
/** On y² = x³ + b for b = 9 - 8 = 1, which is not the curve of BLS12-381. */
const OFF_CURVE: Jacobian<bigint> = { x: 2n, y: 3n, z: 1n }

function affine(point: Jacobian<bigint>): Affine<bigint> {
  return jacobianToAffine(Fp, point)
}

function negate(point: Jacobian<bigint>): Jacobian<bigint> {
  return { ...point, y: Fp.neg(point.y) }
}

describe('Jacobian arithmetic', () => {
  it('multiplies as noble does in both groups', () => {
    const scalars = fc.bigInt({ min: 1n, max: Fr.ORDER - 1n })
    const g2 = affineToJacobian(Fp2, { kind: 'point', ...bls12_381.G2.Point.BASE.toAffine() })
    fc.assert(
      fc.property(scalars, (k) => {
        const inG1 = bls12_381.G1.Point.BASE.multiply(k).toAffine()
        expect(affine(multiplyPoint(Fp, G, k))).toEqual({ kind: 'point', ...inG1 })
        const inG2 = bls12_381.G2.Point.BASE.multiply(k).toAffine()
        expect(jacobianToAffine(Fp2, multiplyPoint(Fp2, g2, k))).toEqual({ kind: 'point', ...inG2 })
      }),
      { seed: 1, numRuns: 10 },
    )
  })

  it('has infinity as its zero', () => {
    const zero = infinity(Fp)
    expect(zero).toEqual({ x: 1n, y: 1n, z: 0n })
    expect(addPoints(Fp, zero, G)).toEqual(G)
    expect(addPoints(Fp, G, zero)).toEqual(G)
    expect(doublePoint(Fp, zero)).toEqual(zero)
    expect(affine(addPoints(Fp, G, negate(G)))).toEqual({ kind: 'infinity' })
    expect(affine(addPoints(Fp, G, G))).toEqual(affine(doublePoint(Fp, G)))
    expect(multiplyPoint(Fp, G, 0n)).toEqual(zero)
    expect(affine(multiplyPoint(Fp, G, Fr.ORDER))).toEqual({ kind: 'infinity' })
    expect(affine(multiplyPoint(Fp, G, Fr.ORDER + 1n))).toEqual(BASE)
  })

  it('is a group on any curve y² = x³ + b', () => {
    const scalars = fc.bigInt({ min: 0n, max: 1n << 64n })
    fc.assert(
      fc.property(scalars, scalars, (a, b) => {
        const apart = addPoints(Fp, multiplyPoint(Fp, OFF_CURVE, a), multiplyPoint(Fp, OFF_CURVE, b))
        expect(affine(apart)).toEqual(affine(multiplyPoint(Fp, OFF_CURVE, a + b)))
      }),
      { seed: 1, numRuns: 20 },
    )
  })

  it('does not reduce the scalar for a point outside the subgroup', () => {
    const outside = pointOutsideSubgroup()
    expect(outside.isTorsionFree()).toBe(false)
    const point = affineToJacobian(Fp, { kind: 'point', ...outside.toAffine() })
    expect(affine(multiplyPoint(Fp, point, Fr.ORDER)).kind).toBe('point')
    expect(affine(multiplyPoint(Fp, point, Fr.ORDER * bls12_381.G1.Point.CURVE().h)).kind).toBe('infinity')
  })
})

/** The point of E(Fp) with the smallest x that is in no prime-order subgroup. */
function pointOutsideSubgroup(): InstanceType<typeof bls12_381.G1.Point> {
  for (let x = 1n; ; x++) {
    const squared = Fp.add(Fp.mul(Fp.sqr(x), x), 4n)
    try {
      const point = bls12_381.G1.Point.fromAffine({ x, y: Fp.sqrt(squared) })
      if (!point.isTorsionFree()) return point
    } catch {
      // x³ + 4 is not a square
    }
  }
}
