import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { shapedInputs, violationOf } from './containment.testkit.ts'
import { assemble, randomModules } from './randomModule.testkit.ts'

const EXAMPLES = new URL('../../consensus/examples/wasm/', import.meta.url)

describe('every run of V8 lies within what the walk of its shape says', () => {
  it('for random modules, 7,000 cases', () => {
    const inputs = fc.array(shapedInputs, { minLength: 140, maxLength: 140 })
    const property = fc.property(randomModules, inputs, (wat, all) => {
      expect(violationOf({ wasm: assemble(wat), inputs: all })).toBeNull()
    })
    fc.assert(property, { seed: 17, numRuns: 50 })
  }, 120_000)

  const names = [
    'goodMean',
    'goodYuma',
    'goodYumaSort',
    'goodVotes',
    'goodAsMean',
    'goodAsMeanArray',
    'badIndex',
    'badRawWrite',
    'badWrapZero',
    'badAsIndex',
  ]
  it.each(names)(
    'for %s, 300 cases',
    (name) => {
      const wasm = new Uint8Array(readFileSync(new URL(`${name}.wasm`, EXAMPLES)))
      const property = fc.property(fc.array(shapedInputs, { minLength: 300, maxLength: 300 }), (inputs) => {
        expect(violationOf({ wasm, inputs })).toBeNull()
      })
      fc.assert(property, { seed: 23, numRuns: 1 })
    },
    60_000,
  )
})
