import { describe, expect, it } from 'vitest'
import { clipText, displayWidth, table, wrapText } from './layout.ts'
import { formatBytes, formatCount, formatDuration, formatPlural, formatRefTime } from './numbers.ts'
import { drawLines } from './spans.ts'

describe('displayWidth', () => {
  it.each([
    ['abc', 3],
    ['漢字', 4],
    ['e\u0301', 1],
    ['🚢', 2],
    ['\u001b[1m', 7],
  ])('%j takes %i columns', (text, width) => {
    expect(displayWidth(text)).toBe(width)
  })
})

describe('wrapText', () => {
  it('breaks at spaces and leaves a long word whole', () => {
    expect(wrapText('one two three', 7)).toEqual(['one two', 'three'])
    expect(wrapText('a 0123456789 b', 4)).toEqual(['a', '0123456789', 'b'])
    expect(wrapText('', 10)).toEqual([''])
  })
})

describe('clipText', () => {
  it('says how much it left out', () => {
    expect(clipText('abcdef', 6)).toBe('abcdef')
    expect(clipText('abcdefgh', 6)).toBe('abcdef … (2 more characters in --json)')
  })
})

describe('table', () => {
  it('aligns columns by what is shown, also for escaped and wide text', () => {
    const rows = [
      [{ text: '漢' }, { text: '1' }, { text: 'end' }],
      [{ text: 'a\tb' }, { text: '1,000' }, { text: 'end' }],
    ]
    const drawn = drawLines(table(rows, { width: 80, indent: 1, rightAligned: [1] }), false)
    expect(drawn).toBe(' 漢        1  end\n a\\tb  1,000  end\n')
  })

  it('wraps the last column under itself', () => {
    const drawn = drawLines(
      table([[{ text: 'key' }, { text: 'aaaa bbbb cccc dddd eeee ffff' }]], { width: 30, indent: 2 }),
      false,
    )
    expect(drawn).toBe('  key  aaaa bbbb cccc dddd\n       eeee ffff\n')
  })
})

describe('drawLines', () => {
  it('cuts a text that no line of ours has the length of', () => {
    const drawn = drawLines([[{ text: 'name  ' }, { text: 'a'.repeat(1_000_000) }]], false)
    expect(drawn).toBe(`name  ${'a'.repeat(10_000)} … (990000 more characters)\n`)
  })
})

describe('numbers', () => {
  it('have their units', () => {
    expect([formatCount(0), formatCount(1_234_567), formatCount(10n ** 9n)]).toEqual([
      '0',
      '1,234,567',
      '1,000,000,000',
    ])
    expect([formatPlural(1, 'key'), formatPlural(2, 'key')]).toEqual(['1 key', '2 keys'])
    expect([0.1, 12.34, 1_234, 61_000].map(formatDuration)).toEqual([
      '0.10 ms',
      '12.3 ms',
      '1.23 s',
      '1 min 1 s',
    ])
    expect([10, 1_536, 3_670_016].map(formatBytes)).toEqual(['10 B', '1.5 KiB', '3.5 MiB'])
    expect(formatRefTime(2_000_000_000_000n)).toBe('2.00 s')
  })
})
