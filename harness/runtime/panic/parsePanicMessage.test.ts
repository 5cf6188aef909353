import { describe, expect, it } from 'vitest'
import { parsePanicMessage } from './parsePanicMessage.ts'

const FILE = 'pallets/subtensor/src/epoch.rs'
const AT = { file: FILE, line: 376, column: 9 }

describe('parsePanicMessage', () => {
  it.each([
    [
      'the old form',
      `panicked at 'index out of bounds: the len is 6 but the index is 24', ${FILE}:376:9`,
      'index out of bounds: the len is 6 but the index is 24',
    ],
    [
      'the new form',
      `panicked at ${FILE}:376:9:\nindex out of bounds: the len is 6`,
      'index out of bounds: the len is 6',
    ],
    [
      'the new form over lines',
      `panicked at ${FILE}:376:9:\none\n  two: 'x', y.rs:1:2\n`,
      "one\n  two: 'x', y.rs:1:2",
    ],
    ['the old form over lines', `panicked at 'one\ntwo', ${FILE}:376:9`, 'one\ntwo'],
    [
      'quotes and colons',
      `panicked at 'called \`Result::unwrap()\` on an \`Err\` value: "it's: 'so', no", x:1:2', ${FILE}:376:9`,
      "called `Result::unwrap()` on an `Err` value: \"it's: 'so', no\", x:1:2",
    ],
    ['an empty message', `panicked at '', ${FILE}:376:9`, ''],
    ['no message', `panicked at ${FILE}:376:9`, ''],
    ['a message on a new line that looks like a place', `panicked at ${FILE}:376:9:\nb.rs:1:2`, 'b.rs:1:2'],
  ])('reads %s', (_, text, message) => {
    expect(parsePanicMessage(text)).toEqual({ message, location: AT })
  })

  it('keeps what a path may hold', () => {
    const file = "C:\\cargo\\it's here\\lib.rs"
    expect(parsePanicMessage(`panicked at ${file}:1:2:\nx`).location).toEqual({ file, line: 1, column: 2 })
    expect(parsePanicMessage(`panicked at 'x', ${file}:1:2`).location).toEqual({ file, line: 1, column: 2 })
  })

  it.each([
    'Runtime memory exhausted. Aborting',
    'panicked at',
    "panicked at 'half",
    "panicked at 'x', nowhere",
    'panicked at :1:2:\nx',
    'panicked at a.rs:1:\nx',
    'something else: a.rs:1:2',
    '',
  ])('takes %j for a message without a place', (text) => {
    expect(parsePanicMessage(text)).toEqual({ message: text.trimEnd(), location: null })
  })

  it('is linear in hostile text', () => {
    const start = performance.now()
    parsePanicMessage(`panicked at '${"', x:1".repeat(300_000)}`)
    parsePanicMessage(`panicked at ${':1:2'.repeat(300_000)}x`)
    expect(performance.now() - start).toBeLessThan(1000)
  })
})
