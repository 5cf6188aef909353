import type { Concrete } from '../decode/index.ts'
import { highOfConcrete, lowOfConcrete } from './rounding.ts'

/**
 * Bounds of an unsigned value: low <= value <= high, and value = low + k * stride. All three are whole numbers held as
 * doubles; above 2^53 `low` is rounded down and `high` up (2^64 is the highest), and then stride is 1. A single value has
 * stride 0 or any other.
 */
export interface Interval {
  readonly low: number
  readonly high: number
  readonly stride: number
}

/** The highest bound of a width: 2^width - 1, and 2^64 for 64 bits, which a double can hold. */
export function mostOf(width: number): number {
  return width === 64 ? 2 ** 64 : 2 ** width - 1
}

export function intervalOf(value: Concrete): Interval {
  return { low: lowOfConcrete(value), high: highOfConcrete(value), stride: 0 }
}

export function greatestDivisor(a: number, b: number): number {
  let x = a
  let y = b
  while (y !== 0) {
    const rest = x % y
    x = y
    y = rest
  }
  return x
}

/** The stride of two intervals taken together; each starts at its low. */
export function jointStride(a: Interval, b: Interval): number {
  if (a.high > Number.MAX_SAFE_INTEGER || b.high > Number.MAX_SAFE_INTEGER) return 1
  const stride = greatestDivisor(
    greatestDivisor(a.low === a.high ? 0 : a.stride, b.low === b.high ? 0 : b.stride),
    Math.abs(a.low - b.low),
  )
  return stride === 0 ? 1 : stride
}
