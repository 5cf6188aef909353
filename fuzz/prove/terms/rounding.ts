import type { Concrete } from '../decode/index.ts'

/** The largest number that is at most `value`. */
export function roundDown(value: bigint): number {
  const near = Number(value)
  return BigInt(near) <= value ? near : nextDown(near)
}

/** The smallest number that is at least `value`. */
export function roundUp(value: bigint): number {
  const near = Number(value)
  return BigInt(near) >= value ? near : nextUp(near)
}

/** Above 2^53 neighbors are a power of two apart: the unit of the value below, or of the value itself. */
function nextDown(value: number): number {
  const unit = 2 ** (Math.floor(Math.log2(value)) - 52)
  const below = value - unit / 2
  return below < value ? below : value - unit
}

function nextUp(value: number): number {
  return value + 2 ** (Math.floor(Math.log2(value)) - 52)
}

/** A lower bound of a concrete value that a number can hold. */
export function lowOfConcrete(value: Concrete): number {
  return typeof value === 'number' ? value : roundDown(value)
}

/** An upper bound of a concrete value that a number can hold. */
export function highOfConcrete(value: Concrete): number {
  return typeof value === 'number' ? value : roundUp(value)
}
