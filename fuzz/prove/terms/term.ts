import type { Concrete, Width } from '../decode/index.ts'
import type { Interval } from './interval.ts'

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

/** A value of a run that covers many: concrete, or a term with bounds. */
export type Value = Concrete | Term

/** Conditions that hold on a path, the newest first. */
export type PathCondition = {
  readonly condition: Value
  readonly isTrue: boolean
  readonly previous: PathCondition
  readonly depth: number
} | null

/**
 * Where a joined value comes from: if it is the first arm, everything that `pathA` adds to `shared` holds, and if it is the
 * second, everything that `pathB` adds.
 */
export interface JoinOrigin {
  readonly pathA: PathCondition
  readonly pathB: PathCondition
  readonly shared: PathCondition
  /** The deepest of the conditions. */
  readonly depth: number
}

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
