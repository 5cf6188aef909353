import type { NumericName, NumericOp } from '../decode/index.ts'
import { addFact, boundsOfTerm, type Facts } from './facts.ts'
import { type Interval, intervalOf, mostOf } from './interval.ts'
import { isTerm, TERM_KIND, type Term, type Value } from './term.ts'
import { transferOf } from './transfer.ts'

/** How far a condition on a result is followed into its operands. */
const MAX_STEPS = 12
/** How many terms one condition may narrow: what conditions lead to can branch widely. */
const MAX_WORK = 32
/** How far bounds of operands are followed up to a result. */
const MAX_STEPS_UP = 5

/** Learns bounds from conditions, and looks bounds up with what was learned. Never relates two terms: only bounds. */
export class Refiner {
  readonly #ops: ReadonlyMap<number, NumericOp>
  /** Narrowings that one condition may still cause. */
  #work = 0
  readonly #transfers: ReadonlyMap<number, ReturnType<typeof transferOf>>

  constructor(ops: ReadonlyMap<number, NumericOp>) {
    this.#ops = ops
    this.#transfers = new Map([...ops].map(([opcode, op]) => [opcode, transferOf(op.name)]))
  }

  /** The bounds of a value on a path, as far as facts about it and about what it was computed from say. */
  boundsOf(value: Value, facts: Facts, steps = MAX_STEPS_UP): Interval {
    if (!isTerm(value)) return intervalOf(value)
    const known = boundsOfTerm(value, facts)
    if (facts === null || steps === 0 || !isTerm(value.a) || value.op >= TERM_KIND.variable) return known
    const operand = boundsOfTerm(value.a, facts)
    const a = this.boundsOf(value.a, facts, steps - 1)
    const b = value.b === null ? a : this.boundsOf(value.b, facts, steps - 1)
    if (a === operand && a === value.a && (!isTerm(value.b) || b === value.b)) return known
    return this.#recompute(value, known, { a, b })
  }

  #recompute(
    term: Term,
    known: Interval,
    operands: { readonly a: Interval; readonly b: Interval },
  ): Interval {
    const op = this.#ops.get(term.op)
    const transfer = this.#transfers.get(term.op)
    if (op === undefined || transfer === undefined || op.isComparison) return known
    const again = transfer(op.operandWidth, operands.a, operands.b)
    if (again.low <= known.low && again.high >= known.high) return known
    return intersect(known, again) ?? known
  }

  /** Facts after `condition` (an i32) was found to be not zero, or zero. `impossible` when no run gets here. */
  assume(condition: Value, isTrue: boolean, facts: Facts): Facts | 'impossible' {
    this.#work = MAX_WORK
    return this.#assume(condition, isTrue, facts, MAX_STEPS)
  }

  #assume(condition: Value, isTrue: boolean, facts: Facts, steps: number): Facts | 'impossible' {
    if (!isTerm(condition)) return (Number(condition) !== 0) === isTrue ? facts : 'impossible'
    const known = boundsOfTerm(condition, facts)
    if (isTrue ? known.high === 0 : known.low > 0) return 'impossible'
    return this.#assumeTerm(condition, isTrue, facts, steps)
  }

  #assumeTerm(condition: Term, isTrue: boolean, facts: Facts, steps: number): Facts | 'impossible' {
    const op = this.#ops.get(condition.op)
    if (op?.isComparison === true) {
      const learned = this.#assumeComparison(condition, isTrue ? op.name : negated(op.name), facts, steps)
      return learned === 'impossible' ? learned : setBit(learned, condition, isTrue)
    }
    const isBoth = op !== undefined && ((op.name === 'and' && isTrue) || (op.name === 'or' && !isTrue))
    if (isBoth && condition.a !== null && condition.b !== null) {
      const first = this.#assume(condition.a, isTrue, facts, steps)
      const both = first === 'impossible' ? first : this.#assume(condition.b, isTrue, first, steps)
      if (both === 'impossible') return both
      const own = boundsOfTerm(condition, both)
      const bounds = isTrue ? fitToStride(own, Math.max(own.low, 1), own.high) : fitToStride(own, own.low, 0)
      return bounds === null ? 'impossible' : addFact(both, condition, bounds)
    }
    if (!isTrue) return this.#narrow(condition, 0, 0, facts, steps)
    return this.#narrow(condition, 1, condition.high, facts, steps)
  }

  #assumeComparison(term: Term, name: NumericName, facts: Facts, steps: number): Facts | 'impossible' {
    if (term.a === null) return facts
    const width = this.#ops.get(term.op)?.operandWidth ?? 32
    const [a, b] = [term.a, term.b ?? 0]
    switch (name) {
      case 'eqz':
        return isTerm(a) && this.#isCondition(a)
          ? this.#assume(a, false, facts, steps)
          : this.#assumeEqual(a, 0, facts, steps)
      case 'eq':
        return this.#assumeEqual(a, b, facts, steps)
      case 'ne':
        if (b === 0 && isTerm(a) && this.#isCondition(a)) return this.#assume(a, true, facts, steps)
        return this.#assumeDifferent(a, b, facts, steps)
      case 'lt_u':
        return this.#assumeLess(a, b, 1, facts, steps)
      case 'le_u':
        return this.#assumeLess(a, b, 0, facts, steps)
      case 'gt_u':
        return this.#assumeLess(b, a, 1, facts, steps)
      case 'ge_u':
        return this.#assumeLess(b, a, 0, facts, steps)
      case 'lt_s':
        return this.#assumeSignedLess(width, [a, b], 1, facts, steps)
      case 'le_s':
        return this.#assumeSignedLess(width, [a, b], 0, facts, steps)
      case 'gt_s':
        return this.#assumeSignedLess(width, [b, a], 1, facts, steps)
      case 'ge_s':
        return this.#assumeSignedLess(width, [b, a], 0, facts, steps)
      default:
        return facts
    }
  }

  #isCondition(term: Term): boolean {
    const op = this.#ops.get(term.op)
    return (
      op !== undefined && op.resultWidth === 32 && (op.isComparison || op.name === 'and' || op.name === 'or')
    )
  }

  #assumeEqual(a: Value, b: Value, facts: Facts, steps: number): Facts | 'impossible' {
    const both = intersect(this.boundsOf(a, facts), this.boundsOf(b, facts))
    if (both === null) return 'impossible'
    const first = this.#narrowValue(a, both.low, both.high, facts, steps)
    return first === 'impossible' ? first : this.#narrowValue(b, both.low, both.high, first, steps)
  }

  #assumeDifferent(a: Value, b: Value, facts: Facts, steps: number): Facts | 'impossible' {
    if (isTerm(b)) return isTerm(a) ? facts : this.#assumeDifferent(b, a, facts, steps)
    if (typeof b !== 'number') return facts
    const known = this.boundsOf(a, facts)
    if (known.low === b && known.high === b) return 'impossible'
    if (known.low === b) return this.#narrowValue(a, b + 1, known.high, facts, steps)
    if (known.high === b) return this.#narrowValue(a, known.low, b - 1, facts, steps)
    return facts
  }

  /** a + gap <= b. */
  #assumeLess(a: Value, b: Value, gap: 0 | 1, facts: Facts, steps: number): Facts | 'impossible' {
    const boundsA = this.boundsOf(a, facts)
    const boundsB = this.boundsOf(b, facts)
    const first = this.#narrowValue(a, boundsA.low, down(boundsB.high, gap), facts, steps)
    return first === 'impossible'
      ? first
      : this.#narrowValue(b, up(boundsA.low, gap), boundsB.high, first, steps)
  }

  /** The same for signed values, of which only the 32-bit ones and those of one sign are followed. */
  #assumeSignedLess(
    width: 32 | 64,
    [a, b]: readonly [Value, Value],
    gap: 0 | 1,
    facts: Facts,
    steps: number,
  ): Facts | 'impossible' {
    const half = width === 32 ? 2 ** 31 : 2 ** 63
    const boundsA = this.boundsOf(a, facts)
    const boundsB = this.boundsOf(b, facts)
    const isNonNegative = (bounds: Interval) => bounds.high < half
    const isNegative = (bounds: Interval) => bounds.low >= half
    if (isNonNegative(boundsA) && isNonNegative(boundsB)) return this.#assumeLess(a, b, gap, facts, steps)
    if (isNonNegative(boundsA)) {
      // What is above a value that is not negative is not negative either.
      return this.#narrowValue(
        b,
        up(boundsA.low, gap),
        Math.min(boundsB.high, positiveMost(width)),
        facts,
        steps,
      )
    }
    if (isNegative(boundsB)) {
      return this.#narrowValue(a, Math.max(boundsA.low, half), down(boundsB.high, gap), facts, steps)
    }
    if (gap === 1 && boundsB.high === 0) {
      return this.#narrowValue(a, Math.max(boundsA.low, half), boundsA.high, facts, steps)
    }
    return facts
  }

  #narrowValue(value: Value, low: number, high: number, facts: Facts, steps: number): Facts | 'impossible' {
    if (isTerm(value)) return this.#narrow(value, low, high, facts, steps)
    const own = intervalOf(value)
    return own.high < low || own.low > high ? 'impossible' : facts
  }

  /** Facts with the knowledge that low <= term <= high, followed into what the term was computed from. */
  #narrow(term: Term, low: number, high: number, facts: Facts, steps: number): Facts | 'impossible' {
    if (--this.#work < 0) return facts
    const known = this.boundsOf(term, facts)
    const shown = boundsOfTerm(term, facts)
    const fitted = fitToStride(known, Math.max(low, known.low), Math.min(high, known.high))
    if (fitted === null) return 'impossible'
    if (fitted.low <= shown.low && fitted.high >= shown.high) return facts
    const added = addFact(facts, term, fitted)
    if (steps === 0) return added
    if (term.op === TERM_KIND.joined) return this.#narrowArms(term, fitted, added, steps - 1)
    if (this.#isBit(term)) return this.#assumeTerm(term, fitted.low > 0, added, steps - 1)
    return this.#narrowOperand(term, fitted, added, steps - 1)
  }

  /** A comparison, or several: a value 0 or 1 of which one is left. */
  #isBit(term: Term): boolean {
    const op = this.#ops.get(term.op)
    if (op === undefined || op.resultWidth === 64) return false
    return op.isComparison || (term.high === 1 && (op.name === 'and' || op.name === 'or'))
  }

  /** A joined value that can't be the one arm is the other, so that all conditions of the other's path hold. */
  #narrowArms(term: Term, { low, high }: Interval, facts: Facts, steps: number): Facts | 'impossible' {
    const { a, b, origin } = term
    if (a === null || b === null || origin === null) return facts
    const isPossible = (arm: Value) => {
      const bounds = this.boundsOf(arm, facts)
      return bounds.low <= high && bounds.high >= low
    }
    const canBeA = isPossible(a)
    const canBeB = isPossible(b)
    if (canBeA && canBeB) return facts
    if (!canBeA && !canBeB) return 'impossible'
    const [arm, path] = canBeA ? [a, origin.pathA] : [b, origin.pathB]
    let learned: Facts | 'impossible' = isTerm(arm) ? this.#narrow(arm, low, high, facts, steps) : facts
    for (let step = path; step !== null && step !== origin.shared && learned !== 'impossible'; ) {
      learned = this.#assume(step.condition, step.isTrue, learned, steps)
      step = step.previous
    }
    return learned
  }

  /** Both operands of `and` are at least its result. */
  #narrowBoth(
    term: Term,
    { low, high }: { readonly low: number; readonly high: number },
    facts: Facts,
    steps: number,
  ) {
    let learned: Facts | 'impossible' = facts
    for (const operand of [term.a, term.b]) {
      if (isTerm(operand) && learned !== 'impossible')
        learned = this.#narrow(operand, low, high, learned, steps)
    }
    return learned
  }

  /** a / b >= low, so that a >= low * b; and a < (high + 1) * b. */
  #narrowDividend(term: Term, { low, high }: Interval, facts: Facts, steps: number): Facts | 'impossible' {
    if (!isTerm(term.a) || term.b === null) return facts
    const divisor = this.boundsOf(term.b, facts)
    const least = low * Math.max(divisor.low, 1)
    const most = (high + 1) * divisor.high - 1
    const top = mostOf(term.width)
    if (least > Number.MAX_SAFE_INTEGER) return facts
    return this.#narrow(term.a, least, most > Number.MAX_SAFE_INTEGER ? top : most, facts, steps)
  }

  /** A product that did not wrap and is not zero has no factor zero. */
  #narrowFactors(term: Term, low: number, facts: Facts, steps: number): Facts | 'impossible' {
    if (low === 0 || !isTerm(term.a) || !isTerm(term.b)) return facts
    const first = this.#narrow(term.a, 1, mostOf(term.width), facts, steps)
    return first === 'impossible' ? first : this.#narrow(term.b, 1, mostOf(term.width), first, steps)
  }

  #narrowOperand(term: Term, bounds: Interval, facts: Facts, steps: number): Facts | 'impossible' {
    const op = this.#ops.get(term.op)
    const a = term.a
    if (op === undefined || !isTerm(a)) return facts
    const { low, high } = bounds
    const own = this.boundsOf(a, facts)
    const most = mostOf(op.operandWidth)
    switch (op.name) {
      case 'wrap':
        return own.high < 2 ** 32 ? this.#narrow(a, low, high, facts, steps) : facts
      case 'extend_u':
        return this.#narrow(a, low, high, facts, steps)
      case 'extend_s':
        return own.high < 2 ** 31 ? this.#narrow(a, low, high, facts, steps) : facts
    }
    if (op.name === 'and') return this.#narrowBoth(term, { low, high: most }, facts, steps)
    if (op.name === 'div_u') return this.#narrowDividend(term, bounds, facts, steps)
    if (op.name === 'mul' && isTerm(term.b)) return this.#narrowFactors(term, low, facts, steps)
    if (typeof term.b !== 'number') return facts
    const b = term.b
    switch (op.name) {
      case 'add': {
        const [x, y] = [unwrapped(low, b, most), unwrapped(high, b, most)]
        return x === null || y === null || x > y ? facts : this.#narrow(a, x, y, facts, steps)
      }
      case 'shl': {
        const factor = 2 ** (b % op.operandWidth)
        if (own.high * factor > Math.min(most, Number.MAX_SAFE_INTEGER)) return facts
        return this.#narrow(a, Math.ceil(low / factor), Math.floor(high / factor), facts, steps)
      }
      case 'mul':
        if (b === 0 || own.high * b > Math.min(most, Number.MAX_SAFE_INTEGER)) return facts
        return this.#narrow(a, Math.ceil(low / b), Math.floor(high / b), facts, steps)
      case 'shr_u': {
        const factor = 2 ** (b % op.operandWidth)
        const top = (high + 1) * factor - 1
        if (top > Number.MAX_SAFE_INTEGER) return facts
        return this.#narrow(a, low * factor, top, facts, steps)
      }
      default:
        return facts
    }
  }
}

/** What was added to, when the sum is `sum`; null where doubles can't say. */
function unwrapped(sum: number, added: number, most: number): number | null {
  if (sum > Number.MAX_SAFE_INTEGER || added > Number.MAX_SAFE_INTEGER) return null
  if (sum >= added) return sum - added
  return most < 2 ** 53 ? sum - added + most + 1 : null
}

function positiveMost(width: 32 | 64): number {
  return width === 32 ? 2 ** 31 - 1 : 2 ** 63
}

/** One less, where one counts. */
function down(value: number, gap: 0 | 1): number {
  return value <= Number.MAX_SAFE_INTEGER ? value - gap : value
}

function up(value: number, gap: 0 | 1): number {
  return value < Number.MAX_SAFE_INTEGER ? value + gap : value
}

/** The part of `known` within low..high, with `low` and `high` moved to values that the stride allows; null when empty. */
function fitToStride(known: Interval, low: number, high: number): Interval | null {
  if (low > high) return null
  const stride = known.stride
  if (stride <= 1 || high > Number.MAX_SAFE_INTEGER) return { low, high, stride: 1 }
  const first = known.low + Math.ceil((low - known.low) / stride) * stride
  const last = known.low + Math.floor((high - known.low) / stride) * stride
  return first > last ? null : { low: first, high: last, stride }
}

function intersect(a: Interval, b: Interval): Interval | null {
  const low = Math.max(a.low, b.low)
  const high = Math.min(a.high, b.high)
  if (low > high) return null
  return fitToStride(a, low, high)
}

function setBit(facts: Facts, condition: Term, isTrue: boolean): Facts {
  const bit = isTrue ? 1 : 0
  return addFact(facts, condition, { low: bit, high: bit, stride: 1 })
}

function negated(name: NumericName): NumericName {
  return NEGATED[name] ?? name
}

const NEGATED: Partial<Record<NumericName, NumericName>> = {
  eqz: 'ne',
  eq: 'ne',
  ne: 'eq',
  lt_s: 'ge_s',
  ge_s: 'lt_s',
  lt_u: 'ge_u',
  ge_u: 'lt_u',
  gt_s: 'le_s',
  le_s: 'gt_s',
  gt_u: 'le_u',
  le_u: 'gt_u',
}
