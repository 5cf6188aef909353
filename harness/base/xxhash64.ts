/**
 * XXH64, the non-cryptographic hash behind Substrate's `twox_*`, in 32-bit halves.
 *
 * PERF: about ten times faster than the same in BigInt, which allocates for every operation.
 *
 * @see https://github.com/Cyan4973/xxHash/blob/v0.8.2/doc/xxhash_spec.md
 */

/** A 64-bit word as two 32-bit halves, in either sign. */
interface Word {
  hi: number
  lo: number
}

const PRIME_1: Readonly<Word> = Object.freeze({ hi: 0x9e3779b1, lo: 0x85ebca87 })
const PRIME_2: Readonly<Word> = Object.freeze({ hi: 0xc2b2ae3d, lo: 0x27d4eb4f })
const PRIME_3: Readonly<Word> = Object.freeze({ hi: 0x165667b1, lo: 0x9e3779f9 })
const PRIME_4: Readonly<Word> = Object.freeze({ hi: 0x85ebca77, lo: 0xc2b2ae63 })
const PRIME_5: Readonly<Word> = Object.freeze({ hi: 0x27d4eb2f, lo: 0x165667c5 })
/** 2^64 - PRIME_1. */
const MINUS_PRIME_1: Readonly<Word> = Object.freeze({ hi: 0x61c8864e, lo: 0x7a143579 })
const ZERO: Readonly<Word> = Object.freeze({ hi: 0, lo: 0 })

const STRIPE_BYTES = 32

/** Writes the hash of `data` into `out` at `offset`, 8 bytes little-endian. `seed` is an integer in 0..2^32-1. */
export function writeXxhash64(
  data: Uint8Array,
  seed: number,
  target: { out: Uint8Array; offset: number },
): void {
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength)
  const hash = data.length >= STRIPE_BYTES ? hashStripes(view, seed) : { hi: 0, lo: seed }
  if (data.length < STRIPE_BYTES) add(hash, PRIME_5)
  add(hash, { hi: 0, lo: data.length })
  hashTail(hash, view)
  avalanche(hash)
  const { out, offset } = target
  for (let i = 0; i < 4; i++) {
    out[offset + i] = hash.lo >>> (8 * i)
    out[offset + 4 + i] = hash.hi >>> (8 * i)
  }
}

function hashStripes(view: DataView, seed: number): Word {
  const a = sum(PRIME_1, PRIME_2)
  const b = { ...PRIME_2 }
  const c = { ...ZERO }
  const d = { ...MINUS_PRIME_1 }
  for (const lane of [a, b, c, d]) add(lane, { hi: 0, lo: seed })
  const word = { ...ZERO }
  const end = view.byteLength - (view.byteLength % STRIPE_BYTES)
  for (let at = 0; at < end; at += STRIPE_BYTES) {
    round(a, load(word, view, at))
    round(b, load(word, view, at + 8))
    round(c, load(word, view, at + 16))
    round(d, load(word, view, at + 24))
  }
  const hash = { ...a }
  rotate(hash, 1)
  for (const [lane, bits] of [
    [b, 7],
    [c, 12],
    [d, 18],
  ] as const) {
    const turned = { ...lane }
    rotate(turned, bits)
    add(hash, turned)
  }
  for (const lane of [a, b, c, d]) mergeWord(hash, lane)
  return hash
}

function mergeWord(hash: Word, word: Readonly<Word>): void {
  const mixed = { ...ZERO }
  round(mixed, word)
  xor(hash, mixed)
  multiply(hash, PRIME_1)
  add(hash, PRIME_4)
}

function hashTail(hash: Word, view: DataView): void {
  const end = view.byteLength
  let at = end - (end % STRIPE_BYTES)
  const word = { ...ZERO }
  for (; at + 8 <= end; at += 8) {
    const mixed = { ...ZERO }
    round(mixed, load(word, view, at))
    xor(hash, mixed)
    rotate(hash, 27)
    multiply(hash, PRIME_1)
    add(hash, PRIME_4)
  }
  if (at + 4 <= end) {
    mixIn(hash, view.getUint32(at, true), PRIME_1)
    rotate(hash, 23)
    multiply(hash, PRIME_2)
    add(hash, PRIME_3)
    at += 4
  }
  for (; at < end; at++) {
    mixIn(hash, view.getUint8(at), PRIME_5)
    rotate(hash, 11)
    multiply(hash, PRIME_1)
  }
}

function mixIn(hash: Word, value: number, prime: Readonly<Word>): void {
  const product = { hi: 0, lo: value }
  multiply(product, prime)
  xor(hash, product)
}

function avalanche(hash: Word): void {
  xorShiftRight(hash, 33)
  multiply(hash, PRIME_2)
  xorShiftRight(hash, 29)
  multiply(hash, PRIME_3)
  xorShiftRight(hash, 32)
}

/** accumulator = rotate(accumulator + input * PRIME_2, 31) * PRIME_1 */
function round(accumulator: Word, input: Readonly<Word>): void {
  const product = { hi: input.hi, lo: input.lo }
  multiply(product, PRIME_2)
  add(accumulator, product)
  rotate(accumulator, 31)
  multiply(accumulator, PRIME_1)
}

function load(into: Word, view: DataView, at: number): Word {
  into.lo = view.getInt32(at, true)
  into.hi = view.getInt32(at + 4, true)
  return into
}

function sum(a: Readonly<Word>, b: Readonly<Word>): Word {
  const total = { ...a }
  add(total, b)
  return total
}

function add(a: Word, b: Readonly<Word>): void {
  const lo = (a.lo >>> 0) + (b.lo >>> 0)
  a.hi = (a.hi + b.hi + (lo > 0xffff_ffff ? 1 : 0)) | 0
  a.lo = lo | 0
}

function xor(a: Word, b: Readonly<Word>): void {
  a.hi ^= b.hi
  a.lo ^= b.lo
}

/** Left, by 1..31 bits. */
function rotate(a: Word, bits: number): void {
  const { hi, lo } = a
  a.hi = (hi << bits) | (lo >>> (32 - bits))
  a.lo = (lo << bits) | (hi >>> (32 - bits))
}

function xorShiftRight(a: Word, bits: number): void {
  const { hi, lo } = a
  if (bits >= 32) {
    a.lo = lo ^ (hi >>> (bits - 32))
  } else {
    a.lo = lo ^ ((lo >>> bits) | (hi << (32 - bits)))
    a.hi = hi ^ (hi >>> bits)
  }
}

/** a = a * b mod 2^64 */
function multiply(a: Word, b: Readonly<Word>): void {
  const cross = Math.imul(a.hi, b.lo) + Math.imul(a.lo, b.hi)
  const a0 = a.lo & 0xffff
  const a1 = a.lo >>> 16
  const b0 = b.lo & 0xffff
  const b1 = b.lo >>> 16
  const mid0 = a0 * b1
  const mid1 = a1 * b0
  const carry = ((a0 * b0) >>> 16) + (mid0 & 0xffff) + (mid1 & 0xffff)
  a.hi = (cross + a1 * b1 + (mid0 >>> 16) + (mid1 >>> 16) + (carry >>> 16)) | 0
  a.lo = Math.imul(a.lo, b.lo)
}
