/**
 * The BLS12-381 host functions of `sp-crypto-ec-utils`, `ext_host_calls_bls12_381_<key>_version_1`. Arguments and
 * results are the inner bytes; the caller wraps a result as SCALE `Result<Vec<u8>, ()>`, where null is `Err(())`.
 *
 * Two generations share the names `msm_g1` and `msm_g2`: deployed runtimes, which import `mul_projective_*`, expect a
 * projective result, those that import `mul_affine_*` an affine one. `selectBls12381HostCalls` chooses.
 *
 * @see https://github.com/paritytech/polkadot-sdk (`substrate/primitives/crypto/ec-utils/src/bls12_381.rs`)
 */
import { bls12_381 } from '@noble/curves/bls12-381.js'
import {
  ArkReader,
  type Fp2,
  G1_CODEC,
  G2_CODEC,
  type GroupCodec,
  readBigInteger,
  readFp12,
  readFr,
  readVec,
  writeFp12,
} from './arkCodec.ts'
import {
  addPoints,
  affineToJacobian,
  type CoordinateField,
  infinity,
  type Jacobian,
  jacobianToAffine,
  multiplyPoint,
} from './jacobian.ts'
import { multiMillerLoop } from './millerLoop.ts'

/** Bytes in, bytes out; null is `Err(())`. A missing argument is an empty one. */
export type BlsHostCall = (...args: Uint8Array[]) => Uint8Array | null

/** By the name between `bls12_381_` and `_version_1`. */
export type BlsHostCalls = Readonly<Record<string, BlsHostCall>>

interface Group<T> {
  readonly field: CoordinateField<T>
  readonly codec: GroupCodec<T>
}

const { Fp, Fp2: F2, Fp12 } = bls12_381.fields
const G1: Group<bigint> = { field: Fp, codec: G1_CODEC }
const G2: Group<Fp2> = { field: F2, codec: G2_CODEC }
const FR_BYTES = 32

/** What deployed runtimes import: `msm_*` answers a projective point. */
export const bls12381HostCalls: BlsHostCalls = Object.freeze({
  multi_miller_loop: (g1, g2) => millerLoop(reader(g1), reader(g2)),
  final_exponentiation: (target) => finalExponentiation(reader(target)),
  mul_projective_g1: (base, scalar) => mulProjective(G1, reader(base), reader(scalar)),
  mul_projective_g2: (base, scalar) => mulProjective(G2, reader(base), reader(scalar)),
  mul_affine_g1: (base, scalar) => mulAffine(G1, reader(base), reader(scalar)),
  mul_affine_g2: (base, scalar) => mulAffine(G2, reader(base), reader(scalar)),
  msm_g1: (bases, scalars) => projectiveBytes(G1, msm(G1, reader(bases), reader(scalars))),
  msm_g2: (bases, scalars) => projectiveBytes(G2, msm(G2, reader(bases), reader(scalars))),
} satisfies Record<string, BlsHostCall>)

/** The same with an affine answer of `msm_*`. */
const affineHostCalls: BlsHostCalls = Object.freeze({
  ...bls12381HostCalls,
  msm_g1: (bases, scalars) => affineBytes(G1, msm(G1, reader(bases), reader(scalars))),
  msm_g2: (bases, scalars) => affineBytes(G2, msm(G2, reader(bases), reader(scalars))),
} satisfies Record<string, BlsHostCall>)

/** The functions as a runtime that imports these names (`ext_host_calls_bls12_381_…`) means them. */
export function selectBls12381HostCalls(importNames: Iterable<string>): BlsHostCalls {
  for (const name of importNames) {
    if (name.startsWith('ext_host_calls_bls12_381_mul_affine_')) return affineHostCalls
  }
  return bls12381HostCalls
}

function reader(bytes: Uint8Array | undefined): ArkReader {
  return new ArkReader(bytes ?? new Uint8Array(0))
}

function millerLoop(first: ArkReader, second: ArkReader): Uint8Array | null {
  const g1 = readVec(first, G1_CODEC.affineBytes, G1_CODEC.readAffine)
  const g2 = readVec(second, G2_CODEC.affineBytes, G2_CODEC.readAffine)
  // A node's host function panics on unequal lengths (`zip_eq`); the runtime side never sends them.
  if (g1 === null || g2 === null || g1.length !== g2.length) return null
  const pairs = g1.flatMap((point, i) => {
    const other = g2[i]
    return other === undefined ? [] : [{ g1: point, g2: other }]
  })
  return writeFp12(multiMillerLoop(pairs))
}

/** f^(3 (p^12 - 1) / r), the exponent that arkworks uses too; zero has no such power. */
function finalExponentiation(target: ArkReader): Uint8Array | null {
  const value = readFp12(target)
  if (value === null || Fp12.is0(value)) return null
  return writeFp12(Fp12.finalExponentiate(value))
}

function mulProjective<T>(group: Group<T>, base: ArkReader, scalar: ArkReader): Uint8Array | null {
  const point = group.codec.readJacobian(base)
  const factor = readBigInteger(scalar)
  if (point === null || factor === null) return null
  return projectiveBytes(group, multiplyPoint(group.field, point, factor))
}

function mulAffine<T>(group: Group<T>, base: ArkReader, scalar: ArkReader): Uint8Array | null {
  const point = group.codec.readAffine(base)
  const factor = readBigInteger(scalar)
  if (point === null || factor === null) return null
  return affineBytes(group, multiplyPoint(group.field, affineToJacobian(group.field, point), factor))
}

/** Sum of scalar · base; null on unequal lengths or malformed arguments. */
function msm<T>({ field, codec }: Group<T>, bases: ArkReader, scalars: ArkReader): Jacobian<T> | null {
  const points = readVec(bases, codec.affineBytes, codec.readAffine)
  const factors = readVec(scalars, FR_BYTES, readFr)
  if (points === null || factors === null || points.length !== factors.length) return null
  return points.reduce((total, point, i) => {
    const term = multiplyPoint(field, affineToJacobian(field, point), factors[i] ?? 0n)
    return addPoints(field, total, term)
  }, infinity(field))
}

function projectiveBytes<T>({ codec }: Group<T>, point: Jacobian<T> | null): Uint8Array | null {
  return point === null ? null : codec.writeJacobian(point)
}

function affineBytes<T>({ codec, field }: Group<T>, point: Jacobian<T> | null): Uint8Array | null {
  return point === null ? null : codec.writeAffine(jacobianToAffine(field, point))
}
