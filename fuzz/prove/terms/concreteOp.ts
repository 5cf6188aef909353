import { type Concrete, compactBigint, MAX_EXACT, type NumericName } from '../decode/index.ts'

/**
 * What an instruction gives for concrete operands, at any width: the definition that all else is held against. `width` is
 * that of the operands. Null where it traps. Comparisons and `eqz` give 0 or 1.
 *
 * @see https://www.w3.org/TR/wasm-core-1/#integer-operations
 */
export function evaluate(name: NumericName, width: number, a: bigint, b: bigint): bigint | null {
  const bits = BigInt(width)
  const wrap = (value: bigint) => BigInt.asUintN(width, value)
  const signed = (value: bigint) => BigInt.asIntN(width, value)
  switch (name) {
    case 'eqz':
      return flag(a === 0n)
    case 'eq':
      return flag(a === b)
    case 'ne':
      return flag(a !== b)
    case 'lt_u':
      return flag(a < b)
    case 'gt_u':
      return flag(a > b)
    case 'le_u':
      return flag(a <= b)
    case 'ge_u':
      return flag(a >= b)
    case 'lt_s':
      return flag(signed(a) < signed(b))
    case 'gt_s':
      return flag(signed(a) > signed(b))
    case 'le_s':
      return flag(signed(a) <= signed(b))
    case 'ge_s':
      return flag(signed(a) >= signed(b))
    case 'add':
      return wrap(a + b)
    case 'sub':
      return wrap(a - b)
    case 'mul':
      return wrap(a * b)
    case 'and':
      return a & b
    case 'or':
      return a | b
    case 'xor':
      return a ^ b
    case 'shl':
      return wrap(a << (b % bits))
    case 'shr_u':
      return a >> (b % bits)
    case 'shr_s':
      return wrap(signed(a) >> (b % bits))
    case 'rotl':
      return wrap((a << (b % bits)) | (a >> (bits - (b % bits))))
    case 'rotr':
      return wrap((a >> (b % bits)) | (a << (bits - (b % bits))))
    case 'div_u':
      return b === 0n ? null : a / b
    case 'rem_u':
      return b === 0n ? null : a % b
    case 'div_s': {
      if (b === 0n) return null
      const quotient = signed(a) / signed(b)
      return quotient === 1n << (bits - 1n) ? null : wrap(quotient)
    }
    case 'rem_s':
      return b === 0n ? null : wrap(signed(a) % signed(b))
    default:
      return evaluateUnary(name, width, a)
  }
}

function evaluateUnary(name: NumericName, width: number, a: bigint): bigint {
  switch (name) {
    case 'clz':
      return BigInt(width - bitLength(a))
    case 'ctz':
      return a === 0n ? BigInt(width) : BigInt(bitLength(a & -a) - 1)
    case 'popcnt':
      return BigInt(a.toString(2).replaceAll('0', '').length)
    case 'wrap':
      return BigInt.asUintN(width / 2, a)
    case 'extend_s':
      return BigInt.asUintN(2 * width, BigInt.asIntN(width, a))
    case 'extend8_s':
      return BigInt.asUintN(width, BigInt.asIntN(8, a))
    case 'extend16_s':
      return BigInt.asUintN(width, BigInt.asIntN(16, a))
    case 'extend32_s':
      return BigInt.asUintN(width, BigInt.asIntN(32, a))
    default:
      return a
  }
}

/** Bits that are needed to write the value; 0 for 0. */
export function bitLength(value: bigint): number {
  return value === 0n ? 0 : value.toString(2).length
}

function flag(condition: boolean): bigint {
  return condition ? 1n : 0n
}

/**
 * As `evaluate` for 32 and 64 bits, on concrete values; null where it traps. `b` is ignored by instructions of one operand.
 *
 * PERF: numbers are computed as numbers where the result is exact; the bigint way takes ten times as long.
 */
export function computeConcrete(
  name: NumericName,
  width: 32 | 64,
  a: Concrete,
  b: Concrete,
): Concrete | null {
  if (typeof a === 'number' && typeof b === 'number') {
    const quick = quickOf(name, width)(a, b)
    if (quick >= 0) return quick
  }
  const result = evaluate(name, width, BigInt(a), BigInt(b))
  return result === null ? null : compactBigint(result)
}

/** An instruction on numbers below 2^53; -1 when the result must be computed with bigints, or traps. */
export type Quick = (a: number, b: number) => number

export function quickOf(name: NumericName, width: 32 | 64): Quick {
  return COMPARE[name] ?? (width === 32 ? QUICK_32[name] : QUICK_64[name]) ?? never
}

function never(): number {
  return -1
}

const COMPARE: Partial<Record<NumericName, Quick>> = {
  eqz: (a) => (a === 0 ? 1 : 0),
  eq: (a, b) => (a === b ? 1 : 0),
  ne: (a, b) => (a !== b ? 1 : 0),
  lt_u: (a, b) => (a < b ? 1 : 0),
  gt_u: (a, b) => (a > b ? 1 : 0),
  le_u: (a, b) => (a <= b ? 1 : 0),
  ge_u: (a, b) => (a >= b ? 1 : 0),
}

const QUICK_32: Partial<Record<NumericName, Quick>> = {
  add: (a, b) => (a + b) >>> 0,
  sub: (a, b) => (a - b) >>> 0,
  mul: (a, b) => Math.imul(a, b) >>> 0,
  div_u: (a, b) => (b === 0 ? -1 : (a - (a % b)) / b),
  rem_u: (a, b) => (b === 0 ? -1 : a % b),
  and: (a, b) => (a & b) >>> 0,
  or: (a, b) => (a | b) >>> 0,
  xor: (a, b) => (a ^ b) >>> 0,
  shl: (a, b) => (a << (b & 31)) >>> 0,
  shr_u: (a, b) => a >>> (b & 31),
  shr_s: (a, b) => ((a | 0) >> (b & 31)) >>> 0,
  lt_s: (a, b) => ((a | 0) < (b | 0) ? 1 : 0),
  gt_s: (a, b) => ((a | 0) > (b | 0) ? 1 : 0),
  le_s: (a, b) => ((a | 0) <= (b | 0) ? 1 : 0),
  ge_s: (a, b) => ((a | 0) >= (b | 0) ? 1 : 0),
  clz: (a) => Math.clz32(a),
  extend_u: (a) => a,
  extend_s: (a) => (a < 2 ** 31 ? a : -1),
}

/** All below 2^53; signed comparisons are unsigned ones there. */
const QUICK_64: Partial<Record<NumericName, Quick>> = {
  add: (a, b) => (a + b <= MAX_EXACT ? a + b : -1),
  sub: (a, b) => (a >= b ? a - b : -1),
  mul: (a, b) => (a * b <= MAX_EXACT ? a * b : -1),
  div_u: (a, b) => (b === 0 ? -1 : (a - (a % b)) / b),
  rem_u: (a, b) => (b === 0 ? -1 : a % b),
  shl: (a, b) => (a * 2 ** (b % 64) <= MAX_EXACT ? a * 2 ** (b % 64) : -1),
  shr_u: (a, b) => Math.floor(a / 2 ** (b % 64)),
  and: (a, b) => (a < 2 ** 32 && b < 2 ** 32 ? (a & b) >>> 0 : -1),
  or: (a, b) => (a < 2 ** 32 && b < 2 ** 32 ? (a | b) >>> 0 : -1),
  lt_s: (a, b) => (a < b ? 1 : 0),
  gt_s: (a, b) => (a > b ? 1 : 0),
  le_s: (a, b) => (a <= b ? 1 : 0),
  ge_s: (a, b) => (a >= b ? 1 : 0),
  wrap: (a) => a % 2 ** 32,
}
