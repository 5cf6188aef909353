import fc from 'fast-check'
import { expect, it } from 'vitest'
import { decodeKey, encodeSeek, KeyBuffer } from './keyBytes.ts'
import { childPrefix } from './stateView.ts'

const part = fc
  .array(fc.constantFrom('\0', '\x01', 'a', '\xfe', '\xff'), { maxLength: 6 })
  .map((all) => all.join(''))
const child = fc.tuple(part, part).map(([name, rest]) => childPrefix(name) + rest)
const stored = fc.oneof(part, child)
const anyText = fc
  .array(fc.constantFrom('\0', 'a', '\xff', '\u0100', '\u0101', '\uffff'), { maxLength: 6 })
  .map((all) => all.join(''))

it('comes back, and keeps the order', () => {
  fc.assert(
    fc.property(stored, stored, (a, b) => {
      const [bytesA, bytesB] = [encode(a), encode(b)]
      expect(decodeKey(bytesA, 0, bytesA.length)).toBe(a)
      expect(Math.sign(Buffer.compare(bytesA, bytesB))).toBe(a < b ? -1 : a > b ? 1 : 0)
    }),
    { seed: 1, numRuns: 500 },
  )
})

it('seeks the keys that are not below any text', () => {
  fc.assert(
    fc.property(stored, fc.oneof(anyText, stored), (key, text) => {
      const buffer = new KeyBuffer()
      encodeSeek(text, buffer)
      expect(Buffer.compare(encode(key), buffer.copy()) >= 0).toBe(key >= text)
    }),
    { seed: 1, numRuns: 1000 },
  )
})

it('grows with the key, and zero-fills the last word for hashing', () => {
  const buffer = new KeyBuffer()
  expect(buffer.encode('\xff'.repeat(10_000))).toBe(true)
  buffer.encode('ab')
  expect([buffer.length, [...buffer.bytes.subarray(0, 4)]]).toEqual([3, [0, 0x61, 0x62, 0]])
})

function encode(key: string): Buffer {
  const buffer = new KeyBuffer()
  expect(buffer.encode(key)).toBe(true)
  return Buffer.from(buffer.copy())
}
