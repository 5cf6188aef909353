import {
  type Concrete,
  compactBigint,
  MAX_EXACT,
  type NumericName,
  type NumericOp,
  type Width,
} from '../decode/index.ts'
import { decideComparison } from './compare.ts'
import { computeConcrete } from './concreteOp.ts'
import { boundsOfTerm, type Facts } from './facts.ts'
import { type Interval, intervalOf, jointStride, mostOf } from './interval.ts'
import { extendPath } from './path.ts'
import type { Refiner } from './refine.ts'
import { isTerm, type JoinOrigin, TERM_KIND, Term, type Value } from './term.ts'
import { type Transfer, transferOf } from './transfer.ts'

/** An instruction with its transfer function at hand. */
export interface Operator {
  readonly op: NumericOp
  readonly transfer: Transfer
  /** Whether a condition on the result tells something about the operands: always, when the second is concrete, never. */
  readonly followed: 'always' | 'byConstant' | 'never'
}

const FOLLOWED: ReadonlySet<NumericName> = new Set(['mul', 'div_u', 'and', 'wrap', 'extend_u', 'extend_s'])
const FOLLOWED_BY_CONSTANT: ReadonlySet<NumericName> = new Set(['add', 'shl', 'shr_u'])
/** Operands below operands that are kept without a solver. */
const MAX_DEPTH = 16
const COMMUTATIVE: ReadonlySet<NumericName> = new Set(['add', 'mul', 'and', 'or', 'xor', 'eq', 'ne'])

/** All operators by opcode. */
export function createOperators(ops: ReadonlyMap<number, NumericOp>): ReadonlyMap<number, Operator> {
  return new Map(
    [...ops].map(([opcode, op]) => [
      opcode,
      { op, transfer: transferOf(op.name), followed: howFollowed(op.name) },
    ]),
  )
}

function howFollowed(name: NumericName): Operator['followed'] {
  if (FOLLOWED.has(name)) return 'always'
  return FOLLOWED_BY_CONSTANT.has(name) ? 'byConstant' : 'never'
}

/**
 * Makes the results of instructions. With `isExact` every operand is kept, so that a term can be written down for a solver;
 * without, only what conditions can be followed into, so that a long run does not keep its whole history.
 */
export class TermBuilder {
  readonly isExact: boolean
  readonly #operators: ReadonlyMap<string, Operator>
  readonly #refiner: Refiner

  constructor(operators: ReadonlyMap<number, Operator>, refiner: Refiner, isExact: boolean) {
    this.isExact = isExact
    this.#refiner = refiner
    const named = [...operators.values()].map(
      (one) => [keyOf(one.op.name, one.op.operandWidth), one] as const,
    )
    this.#operators = new Map(named)
  }

  /** The operator of a name and width of operands. */
  operator(name: NumericName, width: Width): Operator {
    const found = this.#operators.get(keyOf(name, width))
    if (found === undefined) throw new Error(`no instruction ${name} of ${width} bits`)
    return found
  }

  /** The result of an instruction; `b` is ignored where it takes one operand. A division is assumed not to trap. */
  apply(operator: Operator, a: Value, b: Value, facts: Facts): Value {
    const { op } = operator
    if (!isTerm(a) && !isTerm(b)) return computeConcrete(op.name, op.operandWidth, a, b) ?? 0
    if (op.operands === 1) return this.#unary(operator, a, facts)
    if (!isTerm(a) && COMMUTATIVE.has(op.name)) return this.#binary(operator, b, a, facts)
    return this.#binary(operator, a, b, facts)
  }

  #unary(operator: Operator, value: Value, facts: Facts): Value {
    const { op } = operator
    const a = single(value, facts)
    if (!isTerm(a)) return computeConcrete(op.name, op.operandWidth, a, 0) ?? 0
    const bounds = boundsOfTerm(a, facts)
    if (op.name === 'eqz') return this.#isZero(operator, a, facts)
    if (op.name === 'wrap' && isTerm(a.a) && a.a.width === 32 && isExtension(this, a)) return a.a
    const result = operator.transfer(op.operandWidth, bounds, bounds)
    if (op.operandWidth === op.resultWidth && result === bounds && op.name.startsWith('extend')) return a
    return this.#make(operator, result, a, null)
  }

  #isZero(operator: Operator, a: Term, facts: Facts): Value {
    const { op } = operator
    const decided = decideComparison('eqz', op.operandWidth, this.#refiner.boundsOf(a, facts), ZERO)
    if (decided !== null) return decided ? 1 : 0
    return new Term(op.opcode, 32, BIT, { a, b: null, c: null })
  }

  #binary(operator: Operator, first: Value, second: Value, facts: Facts): Value {
    const { op } = operator
    const a = single(first, facts)
    const b = single(second, facts)
    if (!isTerm(a) && !isTerm(b)) return computeConcrete(op.name, op.operandWidth, a, b) ?? 0
    if (op.isComparison) return this.#compare(operator, a, b, facts)
    const same = simplify(op, a, b)
    if (same !== null) return same
    const boundsA = shownBounds(a, facts)
    const boundsB = shownBounds(b, facts)
    const result = operator.transfer(op.operandWidth, boundsA, boundsB)
    if (result === boundsA && (op.name === 'and' || op.name === 'rem_u')) return a
    if (op.name === 'sub' && !isTerm(b)) return this.#addConstant(op, a, b, result)
    if (op.name === 'add' && !isTerm(b)) return this.#addConstant(op, a, negate(op.operandWidth, b), result)
    return this.#make(operator, result, a, b)
  }

  /** a - b as an addition, and one addition instead of two: so conditions on a pointer reach its index. */
  #addConstant(op: NumericOp, a: Value, b: Concrete, bounds: Interval): Value {
    const width = op.operandWidth
    const operator = this.operator('add', width)
    const added = negate(width, b)
    if (isTerm(a) && a.op === operator.op.opcode && a.b !== null && !isTerm(a.b) && a.a !== null) {
      const both = computeConcrete('add', width, a.b, added) ?? 0
      if (both === 0) return a.a
      return this.#make(operator, bounds, a.a, both)
    }
    return this.#make(operator, bounds, a, added)
  }

  #compare(operator: Operator, a: Value, b: Value, facts: Facts): Value {
    const { op } = operator
    if (a === b) return REFLEXIVE.has(op.name) ? 1 : 0
    const boundsA = this.#refiner.boundsOf(a, facts)
    const boundsB = this.#refiner.boundsOf(b, facts)
    const decided = decideComparison(op.name, op.operandWidth, boundsA, boundsB)
    if (decided !== null) return decided ? 1 : 0
    if (op.name === 'ne' && b === 0 && isTerm(a) && a.width === 32 && a.high === 1) return a
    if (op.name === 'eq' && b === 0 && isTerm(a))
      return this.#isZero(this.operator('eqz', op.operandWidth), a, facts)
    return new Term(op.opcode, 32, BIT, { a, b, c: null })
  }

  #make(operator: Operator, bounds: Interval, a: Value, b: Value | null): Value {
    const { op, followed } = operator
    if (bounds.low === bounds.high && bounds.low <= MAX_EXACT) return bounds.low
    const isBits = bounds.high === 1 && (op.name === 'and' || op.name === 'or')
    const isFollowed = followed === 'always' || (followed === 'byConstant' && !isTerm(b)) || isBits
    const keeps = this.isExact || (isFollowed && isShallow(a) && isShallow(b))
    if (!keeps) return new Term(op.opcode, op.resultWidth, bounds)
    return new Term(op.opcode, op.resultWidth, bounds, { a, b, c: null })
  }

  /** condition is not zero ? a : b, with bounds that use the condition in each arm. */
  select(condition: Value, [a, b]: readonly [Value, Value], width: Width, facts: Facts): Value {
    if (!isTerm(condition)) return Number(condition) !== 0 ? a : b
    if (a === b) return a
    const whenTrue = this.#refiner.assume(condition, true, facts)
    const whenFalse = this.#refiner.assume(condition, false, facts)
    if (whenTrue === 'impossible') return b
    if (whenFalse === 'impossible') return a
    const origin = {
      pathA: extendPath(null, condition, true),
      pathB: extendPath(null, condition, false),
      shared: null,
      depth: condition.depth,
    }
    return this.choose({ condition, origin }, [a, whenTrue], [b, whenFalse], width)
  }

  /** One of two values of two paths: an if-then-else when exact, else a new unknown within both bounds. */
  choose(
    { condition, origin }: { readonly condition: Value; readonly origin: JoinOrigin | null },
    [a, factsA]: readonly [Value, Facts],
    [b, factsB]: readonly [Value, Facts],
    width: Width,
  ): Value {
    const boundsA = this.#refiner.boundsOf(a, factsA)
    const boundsB = this.#refiner.boundsOf(b, factsB)
    const low = Math.min(boundsA.low, boundsB.low)
    const high = Math.max(boundsA.high, boundsB.high)
    if (low === high && low <= MAX_EXACT) return low
    const bounds = { low, high, stride: jointStride(boundsA, boundsB) }
    if (this.isExact) return new Term(TERM_KIND.choice, width, bounds, { a, b, c: condition })
    const isTelling = canTellApart(boundsA, boundsB) && isShallow(a) && isShallow(b)
    if (!isTelling || origin === null || origin.depth >= MAX_DEPTH) {
      return new Term(TERM_KIND.joined, width, bounds)
    }
    return new Term(TERM_KIND.joined, width, bounds, { a, b, c: null }, origin)
  }

  /** A new unknown. */
  unknown(width: Width, bounds: Interval = { low: 0, high: mostOf(width), stride: 1 }): Value {
    if (bounds.low === bounds.high && bounds.low <= MAX_EXACT) return bounds.low
    return new Term(TERM_KIND.variable, width, bounds)
  }

  /** What stands for the content of many cells, or of cells that many paths wrote. */
  summary(width: Width, bounds: Interval): Value {
    if (bounds.low === bounds.high && bounds.low <= MAX_EXACT) return bounds.low
    return new Term(TERM_KIND.summary, width, bounds)
  }
}

const BIT: Interval = { low: 0, high: 1, stride: 1 }
const ZERO: Interval = { low: 0, high: 0, stride: 0 }
const REFLEXIVE: ReadonlySet<NumericName> = new Set(['eq', 'le_s', 'le_u', 'ge_s', 'ge_u'])

/**
 * Whether a condition on the joined value may exclude one of the arms: one is a single value, or they do not overlap. All
 * others, sums above all, would only keep their history.
 */
function canTellApart(a: Interval, b: Interval): boolean {
  return a.low === a.high || b.low === b.high || a.high < b.low || b.high < a.low
}

/** So that a value that is computed from itself over and over does not keep all that it ever was. */
function isShallow(value: Value | null): boolean {
  return !isTerm(value) || value.depth < MAX_DEPTH
}

function keyOf(name: NumericName, width: Width): string {
  return `${name}/${width}`
}

function isExtension(builder: TermBuilder, term: Term): boolean {
  return (
    term.op === builder.operator('extend_u', 32).op.opcode ||
    term.op === builder.operator('extend_s', 32).op.opcode
  )
}

/** The one value that a term can have on this path; the term itself when there are more. */
function single(value: Value, facts: Facts): Value {
  if (!isTerm(value)) return value
  const bounds = boundsOfTerm(value, facts)
  return bounds.low === bounds.high && bounds.low <= MAX_EXACT ? bounds.low : value
}

function shownBounds(value: Value, facts: Facts): Interval {
  return isTerm(value) ? boundsOfTerm(value, facts) : intervalOf(value)
}

function negate(width: Width, value: Concrete): Concrete {
  return compactBigint(BigInt.asUintN(width, -BigInt(value)))
}

/** Results that are one of the operands or zero whatever the values are; null for all others. */
function simplify(op: NumericOp, a: Value, b: Value): Value | null {
  if (a === b) {
    if (op.name === 'sub' || op.name === 'xor') return 0
    if (op.name === 'and' || op.name === 'or') return a
  }
  if (b === 0) {
    if (KEEPS_WITH_ZERO.has(op.name)) return a
    if (op.name === 'mul' || op.name === 'and') return 0
  }
  if (b === 1 && (op.name === 'mul' || op.name === 'div_u')) return a
  if (a === 0 && ZERO_FROM_ZERO.has(op.name)) return 0
  return null
}

const KEEPS_WITH_ZERO: ReadonlySet<NumericName> = new Set([
  'add',
  'sub',
  'or',
  'xor',
  'shl',
  'shr_s',
  'shr_u',
  'rotl',
  'rotr',
])
const ZERO_FROM_ZERO: ReadonlySet<NumericName> = new Set([
  'div_u',
  'rem_u',
  'div_s',
  'rem_s',
  'shl',
  'shr_u',
  'shr_s',
  'rotl',
  'rotr',
])
