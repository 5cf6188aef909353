import { describe, expect, it } from 'vitest'
import { isBlank, isSameByName, valueDifferences } from './valueDifference.ts'

describe('valueDifferences', () => {
  it('takes integers of another width for the same', () => {
    expect(isSameByName({ blocks: 5, who: 'a' }, { blocks: '5', who: 'a' })).toBe(true)
    expect(isSameByName([1, 2], ['1', '2'])).toBe(true)
  })

  it('compares the fields that both have, by name', () => {
    const before = { free: '7', reserved: '1' }
    expect(isSameByName(before, { reserved: '1', free: '7', flags: '0' })).toBe(true)
    expect(valueDifferences(before, { reserved: '7', free: '1' })).toEqual([
      { path: 'free', before: '7', after: '1' },
      { path: 'reserved', before: '1', after: '7' },
    ])
  })

  it('tells lists of another length, other variants, and something in place of nothing', () => {
    expect(valueDifferences([1], [1, 2])).toEqual([{ path: '', before: [1], after: [1, 2] }])
    expect(isSameByName({ Id: '1' }, { Index: '1' })).toBe(false)
    expect(isSameByName(null, 0)).toBe(false)
  })

  it('stops at the most it was asked for', () => {
    expect(valueDifferences([1, 2, 3], [4, 5, 6], 2)).toHaveLength(2)
  })
})

describe('isBlank', () => {
  it.each([null, false, 0, '0', '0x0000', '', [], [0, false], { a: '0', b: [] }])(
    'is true for %j',
    (value) => {
      expect(isBlank(value)).toBe(true)
    },
  )

  it.each([true, 1, '10', '0x01', 'Alice', [0, 1], { a: '0', b: true }])('is false for %j', (value) => {
    expect(isBlank(value)).toBe(false)
  })
})
