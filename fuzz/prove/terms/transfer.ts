import type { NumericName } from '../decode/index.ts'
import { greatestDivisor, type Interval, mostOf } from './interval.ts'
import { exactly, transferWide } from './transferWide.ts'

/** Bounds of a result from bounds of the operands, at a width in bits (that of the operands). */
export type Transfer = (width: number, a: Interval, b: Interval) => Interval

const EXACT = Number.MAX_SAFE_INTEGER

/**
 * Bounds of what an instruction gives, for every pair of operands within bounds. Comparisons are not a matter of
 * bounds (`Comparer`). Division assumes that it does not trap: the divisor is not zero and a signed quotient fits.
 *
 * Numbers count exactly up to 2^53; past that `transferWide` computes with bigints and rounds outward.
 */
export function transferOf(name: NumericName): Transfer {
  const narrow = NARROW[name]
  if (narrow === undefined) return (width) => anything(width)
  return (width, a, b) => {
    if (a.high > EXACT || b.high > EXACT) return transferWide(name, width, a, b)
    const result = narrow(width, a, b)
    return result.high > EXACT ? transferWide(name, width, a, b) : result
  }
}

function anything(width: number): Interval {
  return { low: 0, high: mostOf(width), stride: 1 }
}

const NARROW: Partial<Record<NumericName, Transfer>> = {
  add,
  sub,
  mul,
  div_u: divide,
  rem_u: remainder,
  div_s: (width, a, b) =>
    isPositive(width, a) && isPositive(width, b) ? divide(width, a, b) : anything(width),
  rem_s: (width, a, b) =>
    isPositive(width, a) && isPositive(width, b) ? remainder(width, a, b) : anything(width),
  and: conjunction,
  or: disjunction,
  xor: (width, a, b) => disjunctionOfBits(width, a, b) ?? { low: 0, high: onesAbove(a, b), stride: 1 },
  shl: shiftLeft,
  shr_u: shiftRight,
  shr_s: (width, a, b) => (isPositive(width, a) ? shiftRight(width, a, b) : anything(width)),
  clz: (width, a) => ({ low: width - bits(a.high), high: width - bits(a.low), stride: 1 }),
  ctz: (width, a) => ({ low: 0, high: a.low > 0 ? width - 1 : width, stride: 1 }),
  popcnt: (_, a) => ({ low: a.low > 0 ? 1 : 0, high: bits(a.high), stride: 1 }),
  wrap: (width, a) => (a.high <= mostOf(width / 2) ? a : anything(width / 2)),
  extend_u: (_, a) => a,
  extend_s: (width, a) => extendSigned(width, 2 * width, a),
  extend8_s: (width, a) => extendSigned(8, width, a),
  extend16_s: (width, a) => extendSigned(16, width, a),
  extend32_s: (width, a) => extendSigned(32, width, a),
}

function add(width: number, a: Interval, b: Interval): Interval {
  const low = a.low + b.low
  const high = a.high + b.high
  const stride = sumStride(a, b)
  const most = mostOf(width)
  if (high <= most) return { low, high, stride }
  if (width < 64 && low > most) return { low: low - most - 1, high: high - most - 1, stride }
  return width < 64 ? anything(width) : { low, high, stride }
}

function sub(width: number, a: Interval, b: Interval): Interval {
  const stride = sumStride(a, b)
  if (a.low >= b.high) return { low: a.low - b.high, high: a.high - b.low, stride }
  const most = mostOf(width)
  if (a.high >= b.low) return anything(width)
  if (width === 64) return { low: 0, high: most, stride: 1 }
  return { low: a.low - b.high + most + 1, high: a.high - b.low + most + 1, stride }
}

function sumStride(a: Interval, b: Interval): number {
  const stride = greatestDivisor(strideOf(a), strideOf(b))
  return stride === 0 ? 1 : stride
}

function strideOf(a: Interval): number {
  return a.low === a.high ? 0 : a.stride
}

function mul(width: number, a: Interval, b: Interval): Interval {
  const high = a.high * b.high
  if (high > mostOf(width)) return width < 64 ? anything(width) : { low: 0, high, stride: 1 }
  return { low: a.low * b.low, high, stride: productStride(a, b) }
}

/** (al + i sa)(bl + j sb) - al bl is a multiple of the greatest divisor of al sb, bl sa and sa sb. */
function productStride(a: Interval, b: Interval): number {
  const sa = strideOf(a)
  const sb = strideOf(b)
  const stride = greatestDivisor(greatestDivisor(a.low * sb, b.low * sa), sa * sb)
  return stride === 0 || stride > EXACT ? 1 : stride
}

function divide(_: number, a: Interval, b: Interval): Interval {
  const least = Math.max(b.low, 1)
  return { low: quotient(a.low, Math.max(b.high, 1)), high: quotient(a.high, least), stride: 1 }
}

function quotient(a: number, b: number): number {
  return (a - (a % b)) / b
}

function remainder(_: number, a: Interval, b: Interval): Interval {
  if (a.high < b.low) return a
  return { low: 0, high: Math.max(0, Math.min(a.high, b.high - 1)), stride: 1 }
}

function conjunction(_: number, a: Interval, b: Interval): Interval {
  const high = Math.min(a.high, b.high)
  if (b.low === b.high && isLowMask(b.low) && a.high <= b.low) return a
  if (a.low === a.high && isLowMask(a.low) && b.high <= a.low) return b
  const step = Math.max(maskStep(a), maskStep(b))
  return { low: 0, high: high - (high % step), stride: step }
}

/** 2^k - 1. */
function isLowMask(value: number): boolean {
  return bits(value + 1) !== bits(value)
}

/** The lowest bit that a mask leaves: what it gives is a multiple. */
function maskStep(a: Interval): number {
  return a.low === a.high && a.low > 0 ? powerIn(a.low) : 1
}

/** The largest power of two that divides a positive number. */
function powerIn(value: number): number {
  let power = 1
  for (let rest = value; rest % 2 === 0; rest /= 2) power *= 2
  return power
}

function disjunction(width: number, a: Interval, b: Interval): Interval {
  const apart = disjunctionOfBits(width, a, b)
  if (apart !== null) return apart
  return { low: Math.max(a.low, b.low), high: onesAbove(a, b), stride: 1 }
}

/** Operands that share no bit: `or` and `xor` are additions. */
function disjunctionOfBits(width: number, a: Interval, b: Interval): Interval | null {
  return isAbove(a, b) || isAbove(b, a) ? add(width, a, b) : null
}

/** Whether all of `a` are multiples of a power of two that is above all of `b`. */
function isAbove(a: Interval, b: Interval): boolean {
  const step = a.low === a.high ? a.low : greatestDivisor(a.low, a.stride)
  return step > 0 && powerIn(step) > b.high
}

function onesAbove(a: Interval, b: Interval): number {
  return 2 ** bits(Math.max(a.high, b.high)) - 1
}

/** Bits that are needed to write a number below 2^53. */
function bits(value: number): number {
  if (value === 0) return 0
  return value < 2 ** 32 ? 32 - Math.clz32(value) : 64 - Math.clz32(Math.floor(value / 2 ** 32))
}

function shiftLeft(width: number, a: Interval, b: Interval): Interval {
  const most = mostOf(width)
  if (b.high >= width) return b.low === b.high ? shiftLeft(width, a, single(b.low % width)) : anything(width)
  const high = a.high * 2 ** b.high
  if (high <= most && high <= EXACT) {
    const stride = a.low === a.high && b.low === b.high ? 0 : strideOf(a) * 2 ** b.low
    const step = b.low === b.high ? stride : greatestDivisor(stride, a.low * 2 ** b.low)
    return { low: a.low * 2 ** b.low, high, stride: step === 0 || step > EXACT ? 1 : step }
  }
  const step = 2 ** b.low
  return width < 64 ? { low: 0, high: most - (most % step), stride: step } : anything(width)
}

function shiftRight(width: number, a: Interval, b: Interval): Interval {
  if (b.high >= width) {
    if (b.low === b.high) return shiftRight(width, a, single(b.low % width))
    return { low: 0, high: a.high, stride: 1 }
  }
  const least = 2 ** b.low
  const isEven = b.low === b.high && strideOf(a) % least === 0 && a.low % least === 0
  const stride = isEven ? Math.max(strideOf(a) / least, 1) : 1
  return { low: Math.floor(a.low / 2 ** b.high), high: Math.floor(a.high / least), stride }
}

function single(value: number): Interval {
  return { low: value, high: value, stride: 0 }
}

function isPositive(width: number, a: Interval): boolean {
  return a.high <= mostOf(width - 1)
}

function extendSigned(from: number, to: number, a: Interval): Interval {
  if (a.high <= mostOf(from - 1)) return a
  if (to < 64 && a.low > mostOf(from - 1) && a.high <= mostOf(from)) {
    const added = mostOf(to) - mostOf(from)
    return { low: a.low + added, high: a.high + added, stride: a.stride }
  }
  return to < 64 ? anything(to) : exactly(from, to, a)
}
