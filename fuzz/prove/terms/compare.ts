import type { NumericName } from '../decode/index.ts'
import { type Interval, mostOf } from './interval.ts'

/** What bounds say of a comparison: always true, always false, or null for either. */
export function decideComparison(name: NumericName, width: number, a: Interval, b: Interval): boolean | null {
  switch (name) {
    case 'eqz':
      return decideEqual(a, ZERO)
    case 'eq':
      return decideEqual(a, b)
    case 'ne':
      return negate(decideEqual(a, b))
    case 'lt_u':
      return decideLess(a, b)
    case 'gt_u':
      return decideLess(b, a)
    case 'ge_u':
      return negate(decideLess(a, b))
    case 'le_u':
      return negate(decideLess(b, a))
    case 'lt_s':
      return decideSignedLess(width, a, b)
    case 'gt_s':
      return decideSignedLess(width, b, a)
    case 'ge_s':
      return negate(decideSignedLess(width, a, b))
    case 'le_s':
      return negate(decideSignedLess(width, b, a))
    default:
      return null
  }
}

const ZERO: Interval = { low: 0, high: 0, stride: 0 }

/** A bound past 2^53 may be rounded, so that equal bounds do not make equal values. */
function decideEqual(a: Interval, b: Interval): boolean | null {
  if (a.high < b.low || b.high < a.low) return false
  const isOne = a.low === a.high && b.low === b.high && a.low === b.low
  return isOne && a.high <= Number.MAX_SAFE_INTEGER ? true : null
}

/** Rounding is outward, so a comparison of bounds holds for what they bound. */
function decideLess(a: Interval, b: Interval): boolean | null {
  if (a.high < b.low) return true
  return a.low >= b.high ? false : null
}

function negate(decision: boolean | null): boolean | null {
  return decision === null ? null : !decision
}

function decideSignedLess(width: number, a: Interval, b: Interval): boolean | null {
  const signA = signOf(width, a)
  const signB = signOf(width, b)
  if (signA === 0 || signB === 0) return null
  return signA === signB ? decideLess(a, b) : signA < signB
}

/** -1 for bounds that are all negative, 1 for none, 0 for some. The limit, 2^(width-1), is exact at every width. */
export function signOf(width: number, a: Interval): -1 | 0 | 1 {
  const most = width === 64 ? 2 ** 63 - 1024 : mostOf(width - 1)
  const least = 2 ** (width - 1)
  if (a.high <= most) return 1
  return a.low >= least ? -1 : 0
}
