/**
 * The bytes of arkworks' types as ark-scale passes them to host functions: uncompressed and not validated. Integers are
 * little-endian, except affine points of BLS12-381, which are in the big-endian form of Zcash with flags in the top bits.
 * Bytes after the value are ignored, as parity-scale-codec does.
 *
 * @see https://github.com/arkworks-rs/algebra/tree/v0.4.2, https://docs.rs/ark-scale/0.0.12
 */
import { bls12_381 } from '@noble/curves/bls12-381.js'
import { bytesToNumberBE, bytesToNumberLE, numberToBytesBE, numberToBytesLE } from '@noble/curves/utils.js'
import { concatBytes } from '../../../base/bytes.ts'
import type { Affine, Jacobian } from './jacobian.ts'

const FP_BYTES = 48
const FR_BYTES = 32
const { Fp, Fr } = bls12_381.fields

const FLAG_COMPRESSED = 0x80
const FLAG_INFINITY = 0x40
const FLAG_SORT = 0x20
const FLAGS = 0xe0

/** An element of Fp2, c0 + c1 u. */
export interface Fp2 {
  c0: bigint
  c1: bigint
}

/** An element of Fp12 in noble's shape. */
export type Fp12 = typeof bls12_381.fields.Fp12.ONE

/** Reads a value at `offset`, in order; null when bytes are missing or a coordinate is not below its modulus. */
export type Read<T> = (reader: ArkReader) => T | null

/** A cursor over the bytes of one argument. */
export class ArkReader {
  readonly #bytes: Uint8Array
  #offset = 0

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes
  }

  get remaining(): number {
    return this.#bytes.length - this.#offset
  }

  /** The next `length` bytes as a view, or null when there are fewer. */
  take(length: number): Uint8Array | null {
    if (this.remaining < length) return null
    this.#offset += length
    return this.#bytes.subarray(this.#offset - length, this.#offset)
  }
}

/** `Vec<T>`: a u64 count, then the items. `itemBytes` guards against counts that the input cannot hold. */
export function readVec<T>(reader: ArkReader, itemBytes: number, readItem: Read<T>): T[] | null {
  const count = readU64(reader)
  if (count === null || count * BigInt(itemBytes) > BigInt(reader.remaining)) return null
  const items: T[] = []
  for (let i = 0n; i < count; i++) {
    const item = readItem(reader)
    if (item === null) return null
    items.push(item)
  }
  return items
}

/** `BigInteger`, a `Vec<u64>` of limbs from the lowest, of any length and never reduced. */
export function readBigInteger(reader: ArkReader): bigint | null {
  const limbs = readVec(reader, 8, readU64)
  if (limbs === null) return null
  return limbs.reduceRight((value, limb) => (value << 64n) | limb, 0n)
}

/** A scalar of 32 bytes below the group order. */
export function readFr(reader: ArkReader): bigint | null {
  const bytes = reader.take(FR_BYTES)
  if (bytes === null) return null
  const value = bytesToNumberLE(bytes)
  return value < Fr.ORDER ? value : null
}

/** A coordinate of 48 bytes, little-endian. */
function readFp(reader: ArkReader): bigint | null {
  const bytes = reader.take(FP_BYTES)
  return bytes === null ? null : belowModulus(bytesToNumberLE(bytes))
}

/** Two coordinates, c0 then c1. */
function readFp2(reader: ArkReader): Fp2 | null {
  const c0 = readFp(reader)
  const c1 = readFp(reader)
  return c0 === null || c1 === null ? null : { c0, c1 }
}

/** `TargetField`: 576 bytes, c0.c0.c0 to c1.c2.c1. */
export function readFp12(reader: ArkReader): Fp12 | null {
  const [a, b, c, d, e, f] = Array.from({ length: 6 }, () => readFp2(reader))
  if (!a || !b || !c || !d || !e || !f) return null
  return { c0: { c0: a, c1: b, c2: c }, c1: { c0: d, c1: e, c2: f } }
}

/** As `readFp12`. */
export function writeFp12({ c0, c1 }: Fp12): Uint8Array {
  return concatBytes(...[c0.c0, c0.c1, c0.c2, c1.c0, c1.c1, c1.c2].map(writeFp2))
}

/** As `readFp`. */
function writeFp(value: bigint): Uint8Array {
  return numberToBytesLE(value, FP_BYTES)
}

/** As `readFp2`. */
export function writeFp2({ c0, c1 }: Fp2): Uint8Array {
  return concatBytes(writeFp(c0), writeFp(c1))
}

/** How one of the two groups is written: its coordinates, and the size of an affine point. */
export interface GroupCodec<T> {
  readonly affineBytes: number
  /** `Projective`: Jacobian X, Y, Z, not normalized; Z = 0 is infinity. */
  readonly readJacobian: Read<Jacobian<T>>
  writeJacobian(point: Jacobian<T>): Uint8Array
  /** `Affine`, 96 or 192 bytes. The curve equation is not checked. */
  readonly readAffine: Read<Affine<T>>
  writeAffine(point: Affine<T>): Uint8Array
}

interface CoordinateCodec<T> {
  readonly read: Read<T>
  write(value: T): Uint8Array
  /** Fp elements of a coordinate, the highest first, to and from. */
  split(value: T): bigint[]
  join(elements: readonly bigint[]): T
  readonly width: number
}

/** Points over Fp: 96 and 144 bytes. */
export const G1_CODEC: GroupCodec<bigint> = groupCodec<bigint>({
  read: readFp,
  write: writeFp,
  split: (value) => [value],
  join: ([c0 = 0n]) => c0,
  width: 1,
})

/** Points over Fp2: 192 and 288 bytes. */
export const G2_CODEC: GroupCodec<Fp2> = groupCodec<Fp2>({
  read: readFp2,
  write: writeFp2,
  split: ({ c0, c1 }) => [c1, c0],
  join: ([c1 = 0n, c0 = 0n]) => ({ c0, c1 }),
  width: 2,
})

function groupCodec<T>(coordinate: CoordinateCodec<T>): GroupCodec<T> {
  const { read, write, split, join, width } = coordinate
  const affineBytes = 2 * width * FP_BYTES
  return {
    affineBytes,
    readJacobian: (reader) => {
      const x = read(reader)
      const y = read(reader)
      const z = read(reader)
      return x === null || y === null || z === null ? null : { x, y, z }
    },
    writeJacobian: ({ x, y, z }) => concatBytes(write(x), write(y), write(z)),
    readAffine: (reader) => {
      const bytes = reader.take(affineBytes)
      const elements = bytes === null ? null : readZcashElements(bytes)
      if (elements === null) return null
      if (elements === 'infinity') return { kind: 'infinity' }
      return { kind: 'point', x: join(elements.slice(0, width)), y: join(elements.slice(width)) }
    },
    writeAffine: (point) => {
      if (point.kind === 'infinity') {
        const bytes = new Uint8Array(affineBytes)
        bytes[0] = FLAG_INFINITY
        return bytes
      }
      const elements = [...split(point.x), ...split(point.y)]
      return concatBytes(...elements.map((element) => numberToBytesBE(element, FP_BYTES)))
    },
  }
}

/** The Fp elements of an uncompressed point; null when the flags, the padding or a coordinate are wrong. */
function readZcashElements(bytes: Uint8Array): bigint[] | 'infinity' | null {
  const flags = (bytes[0] ?? 0) & FLAGS
  if ((flags & (FLAG_COMPRESSED | FLAG_SORT)) !== 0) return null
  const plain = Uint8Array.from(bytes)
  plain[0] = (plain[0] ?? 0) & ~FLAGS
  if (flags === FLAG_INFINITY) return plain.every((byte) => byte === 0) ? 'infinity' : null
  const elements: bigint[] = []
  for (let at = 0; at < plain.length; at += FP_BYTES) {
    const element = belowModulus(bytesToNumberBE(plain.subarray(at, at + FP_BYTES)))
    if (element === null) return null
    elements.push(element)
  }
  return elements
}

function belowModulus(value: bigint): bigint | null {
  return value < Fp.ORDER ? value : null
}

function readU64(reader: ArkReader): bigint | null {
  const bytes = reader.take(8)
  return bytes === null ? null : bytesToNumberLE(bytes)
}
