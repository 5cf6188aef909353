import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { ValuePool } from './valuePool.ts'

describe('ValuePool', () => {
  it('gives copies that stay as they were, whatever is copied after and done to the source', () => {
    const lengths = fc.array(fc.oneof(fc.nat(80), fc.nat(5000)), { minLength: 1, maxLength: 60 })
    fc.assert(
      fc.property(lengths, (wanted) => {
        const pool = new ValuePool()
        const source = new Uint8Array(6000)
        const copies = wanted.map((length, i) => {
          source.fill(i + 1)
          return pool.copy(source, 7, 7 + length)
        })
        source.fill(0)
        expect(copies.map((copy) => copy.length)).toEqual(wanted)
        expect(copies.every((copy, i) => copy.every((byte) => byte === i + 1))).toBe(true)
      }),
      { seed: 1, numRuns: 50 },
    )
  })

  it('gives large values a buffer of their own', () => {
    const copy = new ValuePool().copy(new Uint8Array(5000), 0, 5000)
    expect(copy.buffer.byteLength).toBe(5000)
  })
})
