import { describe, expect, it } from 'vitest'
import { createVerificationCache } from './verificationCache.ts'

const part = (...bytes: number[]): Uint8Array => new Uint8Array(bytes)

describe('createVerificationCache', () => {
  it('keeps answers by kind and inputs, both true and false', () => {
    const cache = createVerificationCache({ maxEntries: 10 })
    cache.put('sr25519', [part(1), part(2), part(3)], true)
    cache.put('sr25519', [part(1), part(2), part(4)], false)
    expect(cache.get('sr25519', [part(1), part(2), part(3)])).toBe(true)
    expect(cache.get('sr25519', [part(1), part(2), part(4)])).toBe(false)
    expect(cache.get('ed25519', [part(1), part(2), part(3)])).toBeUndefined()
  })

  it('does not confuse inputs that join to the same bytes', () => {
    const cache = createVerificationCache({ maxEntries: 10 })
    cache.put('a', [part(1, 2), part(3)], true)
    expect(cache.get('a', [part(1), part(2, 3)])).toBeUndefined()
    expect(cache.get('a', [part(1, 2, 3)])).toBeUndefined()
    expect(cache.get('a', [part(1, 2), part(3), part()])).toBeUndefined()
  })

  it('drops the least recently used answer past its limit', () => {
    const cache = createVerificationCache<number | null>({ maxEntries: 2 })
    cache.put('k', [part(1)], 1)
    cache.put('k', [part(2)], null)
    expect(cache.get('k', [part(1)])).toBe(1)
    cache.put('k', [part(3)], 3)
    expect(cache.size).toBe(2)
    expect(cache.get('k', [part(2)])).toBeUndefined()
    expect(cache.get('k', [part(1)])).toBe(1)
    cache.put('k', [part(1)], 4)
    expect(cache.size).toBe(2)
    expect(cache.get('k', [part(1)])).toBe(4)
  })

  it('does not follow later changes of the caller’s bytes', () => {
    const cache = createVerificationCache({ maxEntries: 2 })
    const bytes = part(1)
    cache.put('k', [bytes], true)
    bytes[0] = 2
    expect(cache.get('k', [bytes])).toBeUndefined()
    expect(cache.get('k', [part(1)])).toBe(true)
  })

  it.each([0, -1, 1.5, Number.NaN])('refuses a limit of %s', (maxEntries) => {
    expect(() => createVerificationCache({ maxEntries })).toThrow(
      `a verification cache needs at least 1 entry, got maxEntries ${maxEntries}`,
    )
  })
})
