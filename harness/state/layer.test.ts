import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Layer, mergeChanges } from './layer.ts'
import type { Changes } from './stateView.ts'

const keys = fc.string({ unit: fc.constantFrom('a', 'b', '\xff'), maxLength: 4 })
const changeSets = fc
  .array(fc.tuple(keys, fc.option(fc.uint8Array({ maxLength: 2 }))), { maxLength: 20 })
  .map((entries): Changes => new Map(entries))

describe('Layer', () => {
  it('answers as its sorted keys do, deleted ones included, in any order of questions', () => {
    fc.assert(
      fc.property(changeSets, fc.array(keys), (changes, questions) => {
        const layer = new Layer(changes)
        const sorted = [...changes.keys()].sort()
        expect(layer.sortedKeys).toEqual(sorted)
        for (const key of questions) {
          expect(layer.nextKey(key)).toBe(sorted.find((one) => one > key) ?? null)
          expect(layer.keysWithPrefix(key)).toEqual(sorted.filter((one) => one.startsWith(key)))
        }
      }),
      { seed: 1, numRuns: 300 },
    )
  })

  it('merges to the keys of both, whichever of them are in order already', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(changeSets, fc.boolean()), { minLength: 1 }), (parts) => {
        const [first = new Layer(new Map()), ...others] = parts.map(([changes, isSorted]) => {
          const layer = new Layer(changes)
          if (isSorted) expect(layer.sortedKeys).toHaveLength(changes.size)
          return layer
        })
        const merged = others.reduce((older, newer) => Layer.merge(older, newer), first)
        const expected = new Map(parts.flatMap(([changes]) => [...changes]))
        expect(merged.sortedKeys).toEqual([...expected.keys()].sort())
        expect(new Map(merged.changes)).toEqual(expected)
      }),
      { seed: 3, numRuns: 300 },
    )
  })
})

describe('mergeChanges', () => {
  it('takes the newer of two changes of a key, and leaves both as they were', () => {
    fc.assert(
      fc.property(changeSets, changeSets, (older, newer) => {
        const before = [new Map(older), new Map(newer)]
        expect(new Map(mergeChanges(older, newer))).toEqual(new Map([...older, ...newer]))
        expect([older, newer]).toEqual(before)
      }),
      { seed: 2, numRuns: 100 },
    )
  })
})
