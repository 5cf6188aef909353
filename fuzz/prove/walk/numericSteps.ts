import type { NumericOp } from '../decode/index.ts'
import type { Site } from '../regions/index.ts'
import { isTerm, mostOf, quickOf, type Value } from '../terms/index.ts'
import type { Operand } from './operand.ts'
import type { State } from './state.ts'
import type { Walker } from './walker.ts'

/** What one instruction does to a state. */
export type Step = (state: State) => void

/** The value of an operand in a state. */
export type Reader = (state: State) => Value

export function readerOf(operand: Operand): Reader {
  if (operand.kind === 'constant') {
    const { value } = operand
    return () => value
  }
  const { slot } = operand
  return (state) => state.registers[slot] ?? 0
}

/**
 * The step of an instruction with two operands that can't trap.
 *
 * PERF: one closure for a constant second operand and one for two registers, which are nearly all; numbers are computed
 * without a look at terms.
 */
export function binaryStep(walker: Walker, op: NumericOp, a: Operand, b: Operand): (to: number) => Step {
  const operator = walker.operator(op.name, op.operandWidth)
  const quick = quickOf(op.name, op.operandWidth)
  const { builder } = walker
  const general = (state: State, to: number, x: Value, y: Value) => {
    state.registers[to] = builder.apply(operator, x, y, state.facts)
  }
  if (a.kind === 'slot' && b.kind === 'constant' && typeof b.value === 'number') {
    const x = a.slot
    const constant = b.value
    return (to) => (state) => {
      const value = state.registers[x]
      const result = typeof value === 'number' ? quick(value, constant) : -1
      if (result >= 0) state.registers[to] = result
      else general(state, to, value ?? 0, constant)
    }
  }
  const readA = readerOf(a)
  const readB = readerOf(b)
  return (to) => (state) => {
    const x = readA(state)
    const y = readB(state)
    const result = typeof x === 'number' && typeof y === 'number' ? quick(x, y) : -1
    if (result >= 0) state.registers[to] = result
    else general(state, to, x, y)
  }
}

export function unaryStep(walker: Walker, op: NumericOp, a: Operand): (to: number) => Step {
  const operator = walker.operator(op.name, op.operandWidth)
  const quick = quickOf(op.name, op.operandWidth)
  const read = readerOf(a)
  return (to) => (state) => {
    const value = read(state)
    const result = typeof value === 'number' ? quick(value, 0) : -1
    state.registers[to] = result >= 0 ? result : walker.builder.apply(operator, value, 0, state.facts)
  }
}

/** A division or remainder: alarms where the divisor can be zero or the signed quotient can be too large. */
export function divisionStep(
  walker: Walker,
  site: Site,
  op: NumericOp,
  [a, b]: readonly [Operand, Operand],
): (to: number) => Step {
  const operator = walker.operator(op.name, op.operandWidth)
  const readA = readerOf(a)
  const readB = readerOf(b)
  return (to) => (state) => {
    site.isReached = true
    const dividend = readA(state)
    const divisor = readB(state)
    assumeNotZero(walker, { site, op }, state, divisor)
    if (!state.isDead && op.name === 'div_s') assumeFits(walker, { site, op }, state, [dividend, divisor])
    if (!state.isDead) state.registers[to] = walker.builder.apply(operator, dividend, divisor, state.facts)
  }
}

interface Division {
  readonly site: Site
  readonly op: NumericOp
}

function assumeNotZero(walker: Walker, { site, op }: Division, state: State, divisor: Value): void {
  const isZero = walker.builder.apply(walker.operator('eqz', op.operandWidth), divisor, 0, state.facts)
  const decided = walker.decide(isZero, state)
  if (decided === false) return
  walker.alarm(site, 'division by zero', state, { condition: isZero, isCertain: decided === true })
  if (walker.assume(state, isZero, false) === null) state.isDead = true
}

/** The least value divided by -1 does not fit. */
function assumeFits(
  walker: Walker,
  { site, op }: Division,
  state: State,
  [dividend, divisor]: readonly [Value, Value],
): void {
  const { builder } = walker
  const width = op.operandWidth
  const least = width === 32 ? 2 ** 31 : 2n ** 63n
  const minusOne = width === 32 ? mostOf(32) : 2n ** 64n - 1n
  const isLeast = builder.apply(walker.operator('eq', width), dividend, least, state.facts)
  const isMinusOne = builder.apply(walker.operator('eq', width), divisor, minusOne, state.facts)
  const overflows = builder.apply(walker.operator('and', 32), isLeast, isMinusOne, state.facts)
  const decided = walker.decide(overflows, state)
  if (decided === false) return
  walker.alarm(site, 'signed division overflow', state, { condition: overflows, isCertain: decided === true })
  if (decided === true) state.isDead = true
  else if (isTerm(overflows) && walker.assume(state, overflows, false) === null) state.isDead = true
}
