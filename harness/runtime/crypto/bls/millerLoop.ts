import { bls12_381 } from '@noble/curves/bls12-381.js'
import type { Fp2, Fp12 } from './arkCodec.ts'
import type { Affine } from './jacobian.ts'

const { Fp2: F, Fp12: F12 } = bls12_381.fields

/** |x| of BLS12-381 in binary, from the bit below the highest: the steps of the ate loop. */
const LOOP_BITS = 0xd201000000010000n.toString(2).slice(1)
const HALF = F.inv(F.add(F.ONE, F.ONE))

/** Coefficients of one line function. */
type Line = [Fp2, Fp2, Fp2]

interface HomogeneousPoint {
  readonly x: Fp2
  readonly y: Fp2
  readonly z: Fp2
}

/** A point of each group; nothing checks that they are on their curves. */
export interface PairingInput {
  readonly g1: Affine<bigint>
  readonly g2: Affine<Fp2>
}

/**
 * The product of the Miller loops of all pairs; a pair with a point at infinity counts as one.
 *
 * noble walks the loop in non-adjacent form; here it is plain binary as in arkworks, so that the value equals the node's
 * even before the final exponentiation, and inputs off the curve give what arkworks' formulas give.
 *
 * @see https://eprint.iacr.org/2012/408, https://github.com/arkworks-rs/algebra/tree/v0.4.2 (`ec/src/models/bls12`)
 */
export function multiMillerLoop(pairs: readonly PairingInput[]): Fp12 {
  const prepared: [Line[][], bigint, bigint][] = []
  for (const { g1, g2 } of pairs) {
    if (g1.kind === 'point' && g2.kind === 'point') prepared.push([lineCoefficients(g2), g1.x, g1.y])
  }
  return prepared.length === 0 ? F12.ONE : bls12_381.millerLoopBatch(prepared)
}

/** For each loop bit the line of the doubling, and that of the addition when the bit is set. */
function lineCoefficients(q: { readonly x: Fp2; readonly y: Fp2 }): Line[][] {
  let r: HomogeneousPoint = { x: q.x, y: q.y, z: F.ONE }
  return Array.from(LOOP_BITS, (bit) => {
    const doubling = doubleStep(r)
    r = doubling.next
    if (bit === '0') return [doubling.line]
    const addition = addStep(r, q)
    r = addition.next
    return [doubling.line, addition.line]
  })
}

interface Step {
  readonly line: Line
  readonly next: HomogeneousPoint
}

function doubleStep({ x, y, z }: HomogeneousPoint): Step {
  const a = F.mul(F.mul(x, y), HALF)
  const b = F.sqr(y)
  const c = F.sqr(z)
  const e = F.mulByB(triple(c))
  const f = triple(e)
  const g = F.mul(F.add(b, f), HALF)
  const h = F.sub(F.sqr(F.add(y, z)), F.add(b, c))
  return {
    line: [F.sub(e, b), triple(F.sqr(x)), F.neg(h)],
    next: { x: F.mul(a, F.sub(b, f)), y: F.sub(F.sqr(g), triple(F.sqr(e))), z: F.mul(b, h) },
  }
}

function addStep({ x, y, z }: HomogeneousPoint, q: { readonly x: Fp2; readonly y: Fp2 }): Step {
  const theta = F.sub(y, F.mul(q.y, z))
  const lambda = F.sub(x, F.mul(q.x, z))
  const d = F.sqr(lambda)
  const e = F.mul(lambda, d)
  const g = F.mul(x, d)
  const h = F.sub(F.add(e, F.mul(z, F.sqr(theta))), F.add(g, g))
  return {
    line: [F.sub(F.mul(theta, q.x), F.mul(lambda, q.y)), F.neg(theta), lambda],
    next: {
      x: F.mul(lambda, h),
      y: F.sub(F.mul(theta, F.sub(g, h)), F.mul(e, y)),
      z: F.mul(z, e),
    },
  }
}

function triple(value: Fp2): Fp2 {
  return F.add(F.add(value, value), value)
}
