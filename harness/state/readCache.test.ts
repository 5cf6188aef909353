import { expect, it } from 'vitest'
import { ReadCache } from './readCache.ts'

it('knows values and absence, and stays within twice its limit', () => {
  const cache = new ReadCache(10)
  const value = new Uint8Array([1])
  cache.set('hot', value)
  cache.set('gone', null)
  for (let i = 0; i < 1000; i++) {
    cache.set(`k${i}`, value)
    expect(cache.get('hot')).toBe(value)
  }
  expect(cache.get('k0')).toBeUndefined()
  const remembered = Array.from({ length: 1000 }, (_, i) => cache.get(`k${i}`)).filter(
    (known) => known !== undefined,
  )
  expect(remembered.length).toBeLessThanOrEqual(20)
  cache.set('gone', null)
  expect(cache.get('gone')).toBeNull()
  cache.clear()
  expect(cache.get('hot')).toBeUndefined()
})
