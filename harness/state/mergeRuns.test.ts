import fc from 'fast-check'
import { expect, it } from 'vitest'
import { mergeRuns } from './mergeRuns.ts'

it('sorts any items, equal ones in the order they came', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 20 }), { maxLength: 100 }), (values) => {
      const at = (item: number) => values[item] ?? 0
      const starts = [0, ...values.flatMap((value, i) => (i > 0 && at(i - 1) >= value ? [i] : []))]
      const sorted = [...mergeRuns(values.length, starts, (a, b) => at(a) - at(b))]
      expect(sorted).toEqual(values.map((_, i) => i).sort((a, b) => at(a) - at(b) || a - b))
    }),
    { seed: 1, numRuns: 200 },
  )
})

it('compares nothing in one run, and each item about once in two', () => {
  let comparisons = 0
  const compare = (a: number, b: number) => {
    comparisons++
    return (a % 500) - (b % 500)
  }
  mergeRuns(1000, [0], compare)
  expect(comparisons).toBe(0)
  mergeRuns(1000, [0, 500], compare)
  expect(comparisons).toBeLessThanOrEqual(1000)
})
