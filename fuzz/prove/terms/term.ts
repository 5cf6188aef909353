import type { Width } from '../decode/index.ts'
import type { Interval } from './interval.ts'
import type { JoinOrigin } from './path.ts'
import type { Value } from './value.ts'

/** What a term is, where it is not the result of an instruction: those have their opcode. */
export const TERM_KIND = {
  /** An unknown value of the input, or of memory that nobody defined. */
  variable: 0x1_00,
  /** What two paths left in the same place: `a` or `b`, and `origin` says what either means. */
  joined: 0x1_01,
  /** Of a memory cell that stands for many: each load gives a new unknown of these bounds. */
  summary: 0x1_02,
  /** `c` is not zero ? `a` : `b`. */
  choice: 0x1_03,
} as const

/**
 * An unknown value with bounds. One object stands for one value in each concrete run: the same object in two places means
 * that both hold the same value, except for summaries.
 *
 * `a` and `b` are the operands when they are kept: always for exact terms, else where a condition on the result tells
 * something about them.
 */
export class Term implements Interval {
  readonly op: number
  readonly width: Width
  readonly a: Value | null
  readonly b: Value | null
  readonly c: Value | null
  readonly low: number
  readonly high: number
  readonly stride: number
  readonly origin: JoinOrigin | null
  /** Kept operands and conditions below this one, at the deepest. */
  readonly depth: number
  /** Whether any path has learned narrower bounds: else there is nothing to look up. */
  isNarrowed: boolean

  constructor(
    op: number,
    width: Width,
    bounds: Interval,
    operands: { readonly a: Value | null; readonly b: Value | null; readonly c: Value | null } = NO_OPERANDS,
    origin: JoinOrigin | null = null,
  ) {
    this.op = op
    this.width = width
    this.a = operands.a
    this.b = operands.b
    this.c = operands.c
    this.low = bounds.low
    this.high = bounds.high
    this.stride = bounds.stride
    this.origin = origin
    const below = Math.max(depthOf(operands.a), depthOf(operands.b), origin?.depth ?? 0)
    this.depth = operands.a === null ? 0 : below + 1
    this.isNarrowed = false
  }
}

const NO_OPERANDS = { a: null, b: null, c: null } as const

export function isTerm(value: Value | null): value is Term {
  return typeof value === 'object' && value !== null
}

function depthOf(value: Value | null): number {
  return isTerm(value) ? value.depth : 0
}
