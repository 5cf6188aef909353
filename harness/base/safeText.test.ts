import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { toSafeText } from './safeText.ts'

describe('toSafeText', () => {
  it.each([
    ['plain text, ünïcödé, 漢字 and 🚢 stay', 'plain text, ünïcödé, 漢字 and 🚢 stay'],
    ['\u001b[31mred\u001b[0m', '\\x1b[31mred\\x1b[0m'],
    [
      '\u001b]8;;https://evil.example\u0007click\u001b]8;;\u0007',
      '\\x1b]8;;https://evil.example\\x07click\\x1b]8;;\\x07',
    ],
    ['one\r\ntwo\tthree', 'one\\r\\ntwo\\tthree'],
    ['C1 \u009b31m', 'C1 \\x9b31m'],
    ['bidi \u202eexe.txt\u2066', 'bidi \\u{202e}exe.txt\\u{2066}'],
    ['zero\u200bwidth\ufeff', 'zero\\u{200b}width\\u{feff}'],
    ['line\u2028paragraph\u2029', 'line\\u{2028}paragraph\\u{2029}'],
    ['tag \u{e0041}', 'tag \\u{e0041}'],
    ['lone \ud800.', 'lone \\u{d800}.'],
    ['filler \u3164', 'filler \\u{3164}'],
  ])('%j → %j', (text, expected) => {
    expect(toSafeText(text)).toBe(expected)
  })

  it('leaves nothing that a terminal acts on, and does nothing twice', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 60 }), (text) => {
        const safe = toSafeText(text)
        expect(safe).not.toMatch(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u)
        expect(toSafeText(safe)).toBe(safe)
      }),
      { seed: 1, numRuns: 300 },
    )
  })
})
