import type { CellSize } from './page.ts'

/** Addresses that an access may have: first, first + stride, … up to last, each with `size` bytes. */
export interface Addresses {
  readonly first: number
  readonly last: number
  readonly stride: number
  readonly size: CellSize
}

/** Whether the accesses are exactly the cells of one array: so each byte belongs to one of them. */
export function isArray({ first, stride, size }: Addresses): boolean {
  return stride === size && first % size === 0
}

/** The first of the addresses that is at least `from`. */
export function firstFrom({ first, stride }: Addresses, from: number): number {
  return from <= first ? first : first + Math.ceil((from - first) / stride) * stride
}
