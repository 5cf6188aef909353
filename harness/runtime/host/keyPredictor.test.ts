import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { KeyPredictor } from './keyPredictor.ts'

const MEMORY_BYTES = 1024
/** Keys that share their beginnings, with lengths on both sides of whole words. */
const keys = fc
  .tuple(
    fc.constantFrom('', 'abcd', 'abcdefgh'),
    fc.string({ unit: fc.constantFrom('\0', 'a', '\xff'), maxLength: 6 }),
  )
  .map(([prefix, rest]) => prefix + rest)

/** A guest's memory, full of what was there before. */
class Guest {
  readonly predictor = new KeyPredictor()
  readonly #bytes = Buffer.alloc(MEMORY_BYTES, 0xa5)
  readonly #words = new Int32Array(this.#bytes.buffer, this.#bytes.byteOffset, MEMORY_BYTES / 4)

  /** Passes a key as a host call does; says whether it was expected. */
  pass(key: string, start = 64): { key: string; expected: boolean } {
    this.#bytes.fill(0xa5, 0, MEMORY_BYTES)
    this.#bytes.write(key, start, 'latin1')
    const taken = this.predictor.take(this.#words, start, key.length)
    if (taken !== undefined) return { key: taken, expected: true }
    return {
      key: this.predictor.note(this.#bytes.toString('latin1', start, start + key.length)),
      expected: false,
    }
  }

  /** How many of `all` were expected. */
  passAll(all: readonly string[]): number {
    return all.filter((key) => this.pass(key).expected).length
  }
}

const numbered = (count: number) => Array.from({ length: count }, (_, i) => `key ${i}`)

describe('KeyPredictor', () => {
  it('gives the key that is in the memory, whatever was passed before and wherever it lies', () => {
    const passes = fc.array(fc.tuple(keys, fc.nat(16), fc.boolean()), { maxLength: 60 })
    fc.assert(
      fc.property(passes, (all) => {
        const guest = new Guest()
        for (const [key, start, isNewCall] of [...all, ...all]) {
          if (isNewCall) guest.predictor.begin()
          expect(guest.pass(key, start).key).toBe(key)
        }
      }),
      { seed: 1, numRuns: 500 },
    )
  })

  it('expects what came before in the order in which it came, repeated keys included', () => {
    const guest = new Guest()
    const block = ['a', 'n', 'b', 'n', 'c', 'n', 'a']
    expect(guest.passAll(block)).toBe(0)
    guest.passAll(block)
    expect(guest.passAll(block)).toBe(block.length)
  })

  it('finds back after a key that is new, and after one that is left out', () => {
    const guest = new Guest()
    guest.passAll(numbered(100))
    guest.passAll(numbered(100))
    expect(guest.passAll(['new', ...numbered(100)])).toBe(99)
    expect(guest.passAll(numbered(100).filter((_, i) => i !== 50))).toBeGreaterThanOrEqual(97)
  })

  it('does not expect a key that begins or ends differently, nor one past the end of the memory', () => {
    const guest = new Guest()
    for (let i = 0; i < 3; i++) guest.passAll(['abcdefghi'])
    expect(guest.pass('abcdefghj')).toEqual({ key: 'abcdefghj', expected: false })
    expect(guest.pass('Abcdefghi')).toEqual({ key: 'Abcdefghi', expected: false })
    expect(guest.pass('abcdefgh')).toEqual({ key: 'abcdefgh', expected: false })
    guest.passAll(['abcdefghi', 'abcdefghi'])
    expect(guest.predictor.take(new Int32Array(1), 0, 9)).toBeUndefined()
    expect(guest.predictor.take(new Int32Array(1), 4096, 9)).toBeUndefined()
  })

  it('goes on without learning when it is full, and begins anew with the next call', () => {
    const guest = new Guest()
    const most = numbered(32_768)
    guest.passAll(most)
    expect(guest.pass('one too many').key).toBe('one too many')
    guest.passAll(most.slice(0, 3))
    expect(guest.passAll(most.slice(0, 3))).toBeGreaterThan(0)
    guest.predictor.begin()
    expect(guest.passAll(most.slice(0, 3))).toBe(0)
    guest.passAll(['one too many'])
    expect(guest.passAll(most.slice(0, 3))).toBe(2)
  })

  it('forgets the order of what lies too far back, and not the keys', () => {
    const guest = new Guest()
    const early = numbered(10)
    guest.passAll(early)
    for (let i = 0; i < 70_000; i++) guest.pass(i % 2 === 0 ? 'even' : 'odd')
    expect(guest.passAll(early)).toBe(0)
    expect(guest.passAll(early)).toBe(9)
  })

  it('passes long keys and the empty key', () => {
    const guest = new Guest()
    const long = 'x'.repeat(200)
    for (let i = 0; i < 3; i++) {
      expect(guest.pass(long)).toEqual({ key: long, expected: false })
      expect(guest.pass('').key).toBe('')
    }
  })
})
