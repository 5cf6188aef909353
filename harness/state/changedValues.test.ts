import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { ChangedValues } from './changedValues.ts'
import type { Changes } from './stateView.ts'

const keys = fc.constantFrom('a', 'b', 'c', 'd', 'e')
const changeSets = fc
  .array(fc.tuple(keys, fc.option(fc.uint8Array({ minLength: 1, maxLength: 1 }))), { maxLength: 4 })
  .map((entries): Changes => new Map(entries))

/** One state of a chain: what its layers say, by a model, and by the values under test. */
interface Known {
  readonly layers: readonly { readonly changes: Changes }[]
  readonly values: ChangedValues
}

function answers({ values }: Known): unknown[] {
  return ['a', 'b', 'c', 'd', 'e', 'f'].map((key) => values.get(key))
}

function expected({ layers }: Known): unknown[] {
  const all = new Map(layers.flatMap(({ changes }) => [...changes]))
  return ['a', 'b', 'c', 'd', 'e', 'f'].map((key) => all.get(key))
}

describe('ChangedValues', () => {
  it('answers as the layers do, for every state of a tree of them, in whatever order they are read and handed on', () => {
    const step = fc.record({
      from: fc.nat(),
      changes: changeSets,
      reads: fc.array(fc.nat(), { maxLength: 6 }),
    })
    fc.assert(
      fc.property(fc.array(step, { maxLength: 25 }), (steps) => {
        const states: Known[] = [{ layers: [], values: new ChangedValues([]) }]
        const at = (index: number): Known =>
          states[index % states.length] ?? { layers: [], values: new ChangedValues([]) }
        for (const { from, changes, reads } of steps) {
          const older = at(from)
          const layers = [...older.layers, { changes }]
          const values = new ChangedValues(layers)
          values.takeOver(older.values, changes)
          states.push({ layers, values })
          for (const state of reads.map(at)) expect(answers(state)).toEqual(expected(state))
        }
        for (const state of states) expect(answers(state)).toEqual(expected(state))
      }),
      { seed: 1, numRuns: 300 },
    )
  })

  it('does not change what an older state sees, once a successor has the map', () => {
    const older = new ChangedValues([
      { changes: new Map([['a', null]]) },
      { changes: new Map([['b', null]]) },
    ])
    for (let i = 0; i < 5; i++) expect(older.get('a')).toBeNull()
    const value = new Uint8Array([1])
    const newer = new ChangedValues([
      { changes: new Map([['a', null]]) },
      { changes: new Map([['b', null]]) },
      { changes: new Map([['a', value]]) },
    ])
    newer.takeOver(older, new Map([['a', value]]))
    expect([older.get('a'), newer.get('a')]).toEqual([null, value])
  })
})
