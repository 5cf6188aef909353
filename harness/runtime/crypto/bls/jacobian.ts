/**
 * Group arithmetic on y² = x³ + b by the formulas of arkworks, for any b: the host functions take points that nobody has
 * checked, of the wrong subgroup or of no curve at all, and the runtime's own subgroup check is built on them. noble's
 * formulas use b, and its multiplication reduces the scalar by the group order, so neither gives the node's answer there.
 *
 * @see https://hyperelliptic.org/EFD/g1p/auto-shortw-jacobian-0.html (dbl-2009-l, add-2007-bl)
 */

/** The field that coordinates live in; noble's fields fit. */
export interface CoordinateField<T> {
  readonly ONE: T
  readonly ZERO: T
  add(a: T, b: T): T
  sub(a: T, b: T): T
  mul(a: T, b: T): T
  sqr(a: T): T
  inv(a: T): T
  eql(a: T, b: T): boolean
  is0(a: T): boolean
}

/** The affine point (x / z², y / z³); infinity when z is 0. */
export interface Jacobian<T> {
  readonly x: T
  readonly y: T
  readonly z: T
}

export type Affine<T> =
  | { readonly kind: 'infinity' }
  | { readonly kind: 'point'; readonly x: T; readonly y: T }

/** (1, 1, 0), as arkworks writes it. */
export function infinity<T>(field: CoordinateField<T>): Jacobian<T> {
  return { x: field.ONE, y: field.ONE, z: field.ZERO }
}

export function affineToJacobian<T>(field: CoordinateField<T>, point: Affine<T>): Jacobian<T> {
  return point.kind === 'infinity' ? infinity(field) : { x: point.x, y: point.y, z: field.ONE }
}

export function jacobianToAffine<T>(field: CoordinateField<T>, { x, y, z }: Jacobian<T>): Affine<T> {
  if (field.is0(z)) return { kind: 'infinity' }
  const inverse = field.inv(z)
  const inverseSquared = field.sqr(inverse)
  return {
    kind: 'point',
    x: field.mul(x, inverseSquared),
    y: field.mul(y, field.mul(inverseSquared, inverse)),
  }
}

/** scalar · point by double-and-add from the highest bit. The scalar is any non-negative integer, not reduced. */
export function multiplyPoint<T>(field: CoordinateField<T>, point: Jacobian<T>, scalar: bigint): Jacobian<T> {
  let result = infinity(field)
  if (scalar === 0n) return result
  for (const bit of scalar.toString(2)) {
    result = doublePoint(field, result)
    if (bit === '1') result = addPoints(field, result, point)
  }
  return result
}

export function addPoints<T>(field: CoordinateField<T>, p: Jacobian<T>, q: Jacobian<T>): Jacobian<T> {
  if (field.is0(p.z)) return q
  if (field.is0(q.z)) return p
  const { add, sub, mul, sqr } = bound(field)
  const z1z1 = sqr(p.z)
  const z2z2 = sqr(q.z)
  const u1 = mul(p.x, z2z2)
  const u2 = mul(q.x, z1z1)
  const s1 = mul(mul(p.y, q.z), z2z2)
  const s2 = mul(mul(q.y, p.z), z1z1)
  if (field.eql(u1, u2) && field.eql(s1, s2)) return doublePoint(field, p)
  const h = sub(u2, u1)
  const twiceH = add(h, h)
  const i = sqr(twiceH)
  const j = mul(h, i)
  const slope = add(sub(s2, s1), sub(s2, s1))
  const v = mul(u1, i)
  const x = sub(sub(sqr(slope), j), add(v, v))
  const s1j = mul(s1, j)
  const y = sub(mul(slope, sub(v, x)), add(s1j, s1j))
  return { x, y, z: mul(mul(p.z, q.z), twiceH) }
}

export function doublePoint<T>(field: CoordinateField<T>, p: Jacobian<T>): Jacobian<T> {
  if (field.is0(p.z)) return p
  const { add, sub, mul, sqr } = bound(field)
  const twice = (value: T): T => add(value, value)
  const a = sqr(p.x)
  const b = sqr(p.y)
  const c = sqr(b)
  const d = twice(twice(mul(p.x, b)))
  const e = add(a, twice(a))
  const x = sub(sqr(e), twice(d))
  const y = sub(mul(e, sub(d, x)), twice(twice(twice(c))))
  return { x, y, z: twice(mul(p.y, p.z)) }
}

function bound<T>(field: CoordinateField<T>): Pick<CoordinateField<T>, 'add' | 'sub' | 'mul' | 'sqr'> {
  return {
    add: (a, b) => field.add(a, b),
    sub: (a, b) => field.sub(a, b),
    mul: (a, b) => field.mul(a, b),
    sqr: (a) => field.sqr(a),
  }
}
