import type { NumericName } from '../decode/index.ts'
import { type Interval, mostOf } from './interval.ts'
import { roundDown, roundUp } from './rounding.ts'

interface WideBounds {
  readonly low: bigint
  readonly high: bigint
}

/** As `transferOf`, where a bound may pass 2^53: bigints, rounded outward at the end. */
export function transferWide(name: NumericName, width: number, a: Interval, b: Interval): Interval {
  const wide = wideBounds(name, width, widen(width, a), widen(width, b))
  const resultWidth =
    name === 'wrap' ? width / 2 : name === 'extend_s' || name === 'extend_u' ? 2 * width : width
  if (wide === null) return { low: 0, high: mostOf(resultWidth), stride: 1 }
  return { low: roundDown(wide.low), high: roundUp(wide.high), stride: 1 }
}

/** A sign extension to 64 bits; all bounds of `a` are below 2^`from`, or nothing is known. */
export function exactly(from: number, to: number, a: Interval): Interval {
  const most = mostOf(from)
  if (a.low <= mostOf(from - 1) || a.high > most) return { low: 0, high: mostOf(to), stride: 1 }
  const added = (1n << BigInt(to)) - (1n << BigInt(from))
  return { low: roundDown(BigInt(a.low) + added), high: roundUp(BigInt(a.high) + added), stride: 1 }
}

/** A high of 2^64 stands for 2^64 - 1. */
function widen(width: number, a: Interval): WideBounds {
  const most = (1n << BigInt(width)) - 1n
  const high = BigInt(a.high)
  return { low: BigInt(a.low), high: high > most ? most : high }
}

function wideBounds(name: NumericName, width: number, a: WideBounds, b: WideBounds): WideBounds | null {
  const size = 1n << BigInt(width)
  switch (name) {
    case 'add':
      return fitTogether(size, { low: a.low + b.low, high: a.high + b.high })
    case 'sub':
      return fitTogether(size, { low: a.low - b.high + size, high: a.high - b.low + size })
    case 'mul':
      return a.high * b.high < size ? { low: a.low * b.low, high: a.high * b.high } : null
    case 'div_u':
      return wideQuotient(a, b)
    case 'rem_u':
      return wideRemainder(a, b)
    case 'div_s':
      return isPositive(size, a) && isPositive(size, b) ? wideQuotient(a, b) : null
    case 'rem_s':
      return isPositive(size, a) && isPositive(size, b) ? wideRemainder(a, b) : null
    case 'and':
      return { low: 0n, high: least(a.high, b.high) }
    case 'or':
      return { low: greatest(a.low, b.low), high: onesAbove(a, b) }
    case 'xor':
      return { low: 0n, high: onesAbove(a, b) }
    case 'shl':
      return b.high < BigInt(width) && a.high << b.high < size
        ? { low: a.low << b.low, high: a.high << b.high }
        : null
    case 'shr_u':
      return wideShift(width, a, b)
    case 'shr_s':
      return isPositive(size, a) ? wideShift(width, a, b) : null
    case 'wrap':
      return a.high < 1n << BigInt(width / 2) ? a : null
    case 'extend_u':
      return a
    default:
      return wideCount(name, width, a)
  }
}

/** Bounds that wrap around together, or not at all; null when only some of the values wrap. */
function fitTogether(size: bigint, { low, high }: WideBounds): WideBounds | null {
  const turns = low / size
  return high / size === turns ? { low: low - turns * size, high: high - turns * size } : null
}

function wideQuotient(a: WideBounds, b: WideBounds): WideBounds {
  const smallest = b.low > 0n ? b.low : 1n
  return { low: a.low / (b.high > 0n ? b.high : 1n), high: a.high / smallest }
}

function wideRemainder(a: WideBounds, b: WideBounds): WideBounds {
  if (a.high < b.low) return a
  return { low: 0n, high: b.high > 0n ? least(a.high, b.high - 1n) : 0n }
}

function wideShift(width: number, a: WideBounds, b: WideBounds): WideBounds {
  if (b.high >= BigInt(width)) {
    if (b.low !== b.high) return { low: 0n, high: a.high }
    const by = b.low % BigInt(width)
    return { low: a.low >> by, high: a.high >> by }
  }
  return { low: a.low >> b.high, high: a.high >> b.low }
}

function wideCount(name: NumericName, width: number, a: WideBounds): WideBounds | null {
  const bits = (value: bigint) => BigInt(value === 0n ? 0 : value.toString(2).length)
  const all = BigInt(width)
  if (name === 'clz') return { low: all - bits(a.high), high: all - bits(a.low) }
  if (name === 'ctz') return { low: 0n, high: a.low > 0n ? all - 1n : all }
  if (name === 'popcnt') return { low: a.low > 0n ? 1n : 0n, high: bits(a.high) }
  return null
}

function isPositive(size: bigint, a: WideBounds): boolean {
  return a.high < size / 2n
}

function least(a: bigint, b: bigint): bigint {
  return a < b ? a : b
}

function greatest(a: bigint, b: bigint): bigint {
  return a < b ? b : a
}

function onesAbove(a: WideBounds, b: WideBounds): bigint {
  return (1n << BigInt(greatest(a.high, b.high).toString(2).length)) - 1n
}
