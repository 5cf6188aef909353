import { describe, expect, it } from 'vitest'
import { durationMs, integerBetween, nameList, stateVersionOption } from './optionParsers.ts'

describe('option parsers', () => {
  it('read what they name', () => {
    expect(integerBetween(1, 10)('10')).toBe(10)
    expect(['500ms', '30s', '1.5m', '1440m'].map(durationMs)).toEqual([500, 30_000, 90_000, 86_400_000])
    expect(nameList('a, b,a')).toEqual(['a', 'b'])
    expect(['auto', '0', '1'].map(stateVersionOption)).toEqual(['auto', 0, 1])
  })

  it.each(['', '11', '-1', '1.5', '0x5', ' 5', 'NaN'])('refuse %j as an integer from 1 to 10', (text) => {
    expect(() => integerBetween(1, 10)(text)).toThrow('Expected an integer from 1 to 10.')
  })

  it.each(['', '5', '0s', '-1s', '0.5ms', '1441m', '1h', 's'])('refuse %j as a time', (text) => {
    expect(() => durationMs(text)).toThrow('Expected a time')
  })
})
