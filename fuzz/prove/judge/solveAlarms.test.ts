import { readFileSync } from 'node:fs'
import { afterAll, describe, expect, it } from 'vitest'
import { createZ3Solver, hasZ3, type Solver } from '../solver/index.ts'
import { assemble, consensusWat } from '../trust/randomModule.testkit.ts'
import { proveModule } from './proveModule.ts'
import { everySmallShape, oneDenseShape } from './shapeFamilies.ts'

const EXAMPLES = new URL('../../consensus/examples/wasm/', import.meta.url)

/** Divides by a difference of two weights, once it is known which is larger: bounds can't tell that it is not zero. */
const DIFFERENCE = `
  (local.set $a (i32.load16_u offset=96 (local.get $input)))
  (local.set $b (i32.load16_u offset=98 (local.get $input)))
  (if (i32.OP (local.get $a) (local.get $b)) (then
    (i32.store16 (local.get $output) (i32.div_u (i32.const 1000) (i32.sub (local.get $b) (local.get $a))))))`
const divides = (op: string) => assemble(consensusWat(DIFFERENCE.replace('OP', op)))
const families = [oneDenseShape(2, 2)]

const z3 = createZ3Solver()
afterAll(() => z3.close())

const claimOf = async (wasm: Uint8Array, solver: Solver | null) => {
  const { claims, queries, broken } = await proveModule(wasm, { families, solver, searchRuns: 0 })
  return { word: claims.find(({ claim }) => claim === 'no trap')?.word, queries, broken }
}

describe('alarms that bounds leave open', () => {
  it('stay unknown without a solver', async () => {
    expect((await claimOf(divides('lt_u'), null)).word).toBe('UNKNOWN')
  })

  it.skipIf(!hasZ3())(
    'are proved away by z3, with the query as evidence',
    async () => {
      const { word, queries } = await claimOf(divides('lt_u'), z3)
      expect(word).toBe('PROVED')
      expect(queries).toMatchObject([
        { kind: 'division by zero', encoding: 'free', solver: 'z3-solver 5.2.0' },
      ])
      expect(queries[0]?.smt2).toMatch(/^\(set-logic QF_BV\)\n[\s\S]*\(check-sat\)\n$/)
    },
    90_000,
  )

  it.skipIf(!hasZ3())(
    'become inputs that trap in V8',
    async () => {
      const { word, broken } = await claimOf(divides('le_u'), z3)
      expect(word).toBe('BROKEN')
      expect(broken).toMatchObject([{ rule: 'no trap', foundBy: 'solver' }])
      expect(broken[0]?.message).toContain('divide by zero')
    },
    90_000,
  )

  it.skipIf(!hasZ3())(
    'a sum of stakes that wraps to zero is found without a search',
    async () => {
      const wasm = new Uint8Array(readFileSync(new URL('badWrapZero.wasm', EXAMPLES)))
      const { broken } = await proveModule(wasm, {
        families: [everySmallShape(2)],
        solver: z3,
        searchRuns: 0,
      })
      expect(broken).toMatchObject([{ rule: 'no trap', n: 2, foundBy: 'solver' }])
      expect(broken[0]?.message).toContain('unreachable')
    },
    180_000,
  )

  it('a solver that can not be believed proves nothing', async () => {
    const answers = (kind: 'unknown' | 'sat'): Solver => ({
      name: kind,
      check: async () => (kind === 'sat' ? { kind, model: new Map() } : { kind, reason: 'gave up' }),
    })
    expect((await claimOf(divides('lt_u'), answers('unknown'))).word).toBe('UNKNOWN')
    // A model that does not trap in V8 is no counterexample.
    const wrong = await claimOf(divides('lt_u'), answers('sat'))
    expect(wrong).toMatchObject({ word: 'UNKNOWN', broken: [] })
  })
})
