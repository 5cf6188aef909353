import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Layer } from './layer.ts'
import { MergedKeys } from './mergedKeys.ts'
import { createPackedStore } from './store/packedStore.ts'

const keys = fc.string({ unit: fc.constantFrom('a', 'b', 'c'), minLength: 1, maxLength: 3 })
const present = fc.uniqueArray(keys, { maxLength: 12 })
const layers = fc.array(fc.array(fc.tuple(keys, fc.option(fc.constant(new Uint8Array([1]))))), {
  maxLength: 4,
})

describe('MergedKeys', () => {
  it('walks what is present when the newest word on each key counts, whatever was asked before', () => {
    fc.assert(
      fc.property(present, layers, fc.array(keys), (below, changes, questions) => {
        const view = createPackedStore(below.map((key) => [key, new Uint8Array([0])] as const))
        const sources = changes.map((one) => new Layer(new Map(one)))
        const model = new Map<string, Uint8Array | null>(below.map((key) => [key, new Uint8Array([0])]))
        for (const source of sources) for (const [key, value] of source.changes) model.set(key, value)
        const expected = [...model].flatMap(([key, value]) => (value === null ? [] : [key])).sort()
        const changed = new Map(sources.flatMap((source) => [...source.changes]))
        const merged = new MergedKeys(view, sources, (key) => changed.get(key))
        for (const key of questions) {
          expect(merged.nextKey(key)).toBe(expected.find((one) => one > key) ?? null)
        }
        const walked: string[] = []
        for (let key = merged.nextKey(''); key !== null; key = merged.nextKey(key)) walked.push(key)
        expect(walked).toEqual(expected)
      }),
      { seed: 1, numRuns: 300 },
    )
  })

  it('passes over a key that a source lists without holding it, as after a rollback', () => {
    const view = createPackedStore([['c', new Uint8Array([0])]])
    const withdrawn = { nextKey: (key: string) => (key < 'b' ? 'b' : key < 'c' ? 'c' : null) }
    const merged = new MergedKeys(view, [withdrawn], () => undefined)
    expect(merged.nextKey('a')).toBe('c')
    expect(merged.nextKey('c')).toBeNull()
  })
})
