import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Facts, isTerm, Refiner, Term, TermBuilder, type Value } from '../terms/index.ts'
import type { WalkOptions } from '../walk/index.ts'
import { shapedInputs, violationOf } from './containment.testkit.ts'
import { assemble, consensusWat } from './randomModule.testkit.ts'

type Parts = NonNullable<WalkOptions['createParts']>

/** A sum is bounded by its larger operand: the carry is lost. */
class LostCarry extends TermBuilder {
  override apply(...[operator, a, b, facts]: Parameters<TermBuilder['apply']>): Value {
    const result = super.apply(operator, a, b, facts)
    if (operator.op.name !== 'add' || !isTerm(result) || !isTerm(a) || !isTerm(b)) return result
    return new Term(result.op, result.width, { low: result.low, high: Math.max(a.high, b.high), stride: 1 })
  }
}

/** A load from a cell that stands for many gives the same unknown each time. */
class SameUnknown extends TermBuilder {
  override unknown(...[width, bounds]: Parameters<TermBuilder['unknown']>): Value {
    return bounds instanceof Term ? bounds : super.unknown(width, bounds)
  }
}

/** Where paths join, only the first is kept. */
class OneArm extends TermBuilder {
  override choose(...[, a]: Parameters<TermBuilder['choose']>): Value {
    return a[0]
  }
}

/** A write to an unknown cell is forgotten. */
class ForgottenWrite extends TermBuilder {
  override summary(...[width, bounds]: Parameters<TermBuilder['summary']>): Value {
    return super.summary(width, bounds.high === 65_535 ? { ...bounds, high: bounds.low } : bounds)
  }
}

/** A condition is learned for the other side of the branch. */
class WrongArm extends Refiner {
  override assume(condition: Value, isTrue: boolean, facts: Facts): Facts | 'impossible' {
    return super.assume(condition, isTerm(condition) ? !isTrue : isTrue, facts)
  }
}

const withBuilder =
  (Builder: typeof TermBuilder): Parts =>
  (operators, ops, isExact) => {
    const refiner = new Refiner(ops)
    return { refiner, builder: new Builder(operators, refiner, isExact) }
  }

const wrongArm: Parts = (operators, ops, isExact) => {
  const refiner = new WrongArm(ops)
  return { refiner, builder: new TermBuilder(operators, refiner, isExact) }
}

const UID = '(i32.load16_u offset=96 (local.get $input))'
const WEIGHT = '(i32.load16_u offset=104 (local.get $input))'
const show = (value: string) => `(i32.store16 (local.get $output) ${value})`
const cell = (index: string) =>
  `(i32.add (local.get $scratch) (i32.shl (i32.and ${index} (i32.const 7)) (i32.const 3)))`
const ZEROS = '(memory.fill (local.get $scratch) (i32.const 0) (i32.const 64))'
const CELLS = `${ZEROS} (i32.store ${cell(UID)} ${WEIGHT})`

const BODIES = {
  sum: show(`(i32.shr_u (i32.add ${UID} ${WEIGHT}) (i32.const 1))`),
  difference: `${ZEROS} (i64.store ${cell(UID)} (i64.extend_i32_u ${WEIGHT}))
    ${show('(i32.wrap_i64 (i64.sub (i64.load (local.get $scratch)) (i64.load offset=8 (local.get $scratch))))')}`,
  branch: `(if (i32.lt_u ${UID} (i32.const 100)) (then (local.set $a (i32.const 7))) (else (local.set $a (i32.const 9)))) ${show('(local.get $a)')}`,
  cells: `${CELLS} ${show('(i32.load (local.get $scratch))')}`,
  checked: `(local.set $a ${UID}) (if (i32.ge_u (local.get $a) (i32.const 100))
    (then (i32.store8 (i32.add (local.get $scratch) (local.get $a)) (i32.const 1))))`,
}

const inputs = fc.sample(shapedInputs, { seed: 3, numRuns: 200 })

function violation(body: string, createParts?: Parts): string | null {
  const wasm = assemble(consensusWat(body))
  return violationOf({ wasm, inputs }, createParts === undefined ? {} : { createParts })
}

describe('a fault in the engine is seen by the containment law', () => {
  it.each(Object.entries(BODIES))('which the engine without faults keeps: %s', (_, body) => {
    expect(violation(body)).toBeNull()
  })

  it.each([
    ['a lost carry', withBuilder(LostCarry), BODIES.sum, /^V8 gives \d+, the walk/],
    ['no new unknown for each load of a summary', withBuilder(SameUnknown), BODIES.difference, /the walk 0$/],
    ['one arm of a join', withBuilder(OneArm), BODIES.branch, /^V8 gives \d, the walk \d$/],
    ['a forgotten weak write', withBuilder(ForgottenWrite), BODIES.cells, /^V8 gives \d+, the walk 0$/],
    ['a condition learned for the wrong arm', wrongArm, BODIES.checked, /and no alarm$/],
  ])('%s', (_, parts, body, message) => {
    expect(violation(body, parts)).toMatch(message)
  })
})
