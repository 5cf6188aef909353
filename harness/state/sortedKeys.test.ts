import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { lowerBound, SortedKeys } from './sortedKeys.ts'

const keys = fc.string({ unit: fc.constantFrom('\0', 'a', 'b', '\xff', '\u0100'), maxLength: 6 })

describe('lowerBound', () => {
  it('is the number of smaller keys', () => {
    fc.assert(
      fc.property(fc.uniqueArray(keys), keys, (list, key) => {
        const sorted = [...list].sort()
        expect(lowerBound(sorted, key)).toBe(sorted.filter((one) => one < key).length)
      }),
      { seed: 1, numRuns: 200 },
    )
  })
})

describe('SortedKeys', () => {
  it('answers as a sorted array does, whatever is added between look-ups', () => {
    const steps = fc.array(fc.oneof(keys, fc.record({ after: keys })), { maxLength: 60 })
    fc.assert(
      fc.property(steps, (script) => {
        const set = new SortedKeys()
        const model = new Set<string>()
        for (const step of script) {
          if (typeof step !== 'string') expect(set.nextKey(step.after)).toBe(smallestAbove(model, step.after))
          else if (!model.has(step)) {
            model.add(step)
            set.add(step)
          }
        }
        expect(walk(set)).toEqual([...model].filter((key) => key !== '').sort())
      }),
      { seed: 2, numRuns: 300 },
    )
  })

  it('keeps order over chunk borders, for inserts in bulk and one by one', () => {
    const numbers = Array.from({ length: 5000 }, (_, i) => (i * 7919) % 5003)
    const set = new SortedKeys()
    for (const number of numbers.slice(0, 3000)) set.add(name(number))
    expect(walk(set)).toEqual(numbers.slice(0, 3000).map(name).sort())
    for (const number of numbers.slice(3000)) {
      set.add(name(number))
      const above = set.nextKey(name(number))
      expect(above === null || above > name(number)).toBe(true)
    }
    expect(walk(set)).toEqual(numbers.map(name).sort())
  })

  it('has no key above any when empty', () => {
    expect(new SortedKeys().nextKey('')).toBeNull()
  })
})

function name(number: number): string {
  return `k${String(number).padStart(5, '0')}`
}

function walk(set: SortedKeys): string[] {
  const found: string[] = []
  for (let key = set.nextKey(''); key !== null; key = set.nextKey(key)) found.push(key)
  return found
}

function smallestAbove(model: Set<string>, key: string): string | null {
  return [...model].filter((one) => one > key).sort()[0] ?? null
}
