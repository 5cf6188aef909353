import { describe, expect, it } from 'vitest'
import { type PanicLike, panicFingerprint } from './panicFingerprint.ts'

const BASE: PanicLike = {
  kind: 'panic',
  message: 'index out of bounds: the len is 6 but the index is 24',
  location: { file: 'epoch.rs', line: 376, column: 9 },
  stack: ['a', 'b', 'c', 'd', 'e', 'f'].map((symbol, i) => ({ functionIndex: i, symbol, offset: 100 + i })),
}

const withStack = (symbols: readonly (string | null)[], shift = 0): PanicLike => ({
  ...BASE,
  stack: symbols.map((symbol, i) => ({ functionIndex: i + shift, symbol, offset: 7 * shift })),
})

describe('panicFingerprint', () => {
  it('is sixteen hex digits, pinned', () => {
    expect(panicFingerprint(BASE)).toMatchInlineSnapshot(`"fe12831de0a7216a"`)
  })

  it('does not depend on values, offsets, indices or deeper frames', () => {
    const key = panicFingerprint(BASE)
    expect(
      panicFingerprint({ ...BASE, message: 'index out of bounds: the len is 9 but the index is 11' }),
    ).toBe(key)
    expect(panicFingerprint(withStack(['a', 'b', 'c', 'd', 'e', 'other'], 50))).toBe(key)
  })

  it('does not depend on the folder of the build', () => {
    const at = (file: string) => panicFingerprint({ ...BASE, location: { file, line: 1, column: 2 } })
    expect(at('/root/subtensor/runtime/src/lib.rs')).toBe(at('C:\\code\\runtime\\src\\lib.rs'))
    expect(at('/root/pallets/a/src/lib.rs')).not.toBe(at('/root/pallets/b/src/lib.rs'))
  })

  it('tells faults apart by place, symbols and kind', () => {
    const keys = [
      BASE,
      { ...BASE, location: { file: 'epoch.rs', line: 377, column: 9 } },
      withStack(['a', 'b', 'x', 'd', 'e']),
      { ...BASE, kind: 'limit' },
    ].map(panicFingerprint)
    expect(new Set(keys).size).toBe(4)
  })

  it('falls back to the message without its numbers', () => {
    const bare = { ...withStack([null, null]), location: null }
    const key = panicFingerprint(bare)
    expect(
      panicFingerprint({ ...bare, message: 'index out of bounds: the len is 1 but the index is 0xff' }),
    ).toBe(key)
    expect(panicFingerprint({ ...bare, message: 'divide by zero' })).not.toBe(key)
  })
})
