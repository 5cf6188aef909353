import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { NumericName } from '../decode/index.ts'
import { evaluate } from './concreteOp.ts'
import { type Interval, mostOf } from './interval.ts'
import { type Transfer, transferOf } from './transfer.ts'

const BINARIES: readonly NumericName[] = [
  'add',
  'sub',
  'mul',
  'div_s',
  'div_u',
  'rem_s',
  'rem_u',
  'and',
  'or',
  'xor',
  'shl',
  'shr_s',
  'shr_u',
  'rotl',
  'rotr',
]
const UNARIES: readonly NumericName[] = ['clz', 'ctz', 'popcnt', 'extend_s', 'extend_u', 'wrap']

function contains({ low, high, stride }: Interval, value: bigint): boolean {
  const number = Number(value)
  if (number < low || number > high) return false
  return stride <= 1 || low === high || (number - low) % stride === 0
}

function valuesOf({ low, high, stride }: Interval): readonly bigint[] {
  const values: bigint[] = []
  for (let value = low; value <= high; value += Math.max(stride, 1)) values.push(BigInt(value))
  return values
}

/** The first pair of values whose result lies outside the bounds; null when none does. Results that trap are left out. */
function violation(
  name: NumericName,
  width: number,
  [a, b]: readonly [Interval, Interval],
  transfer: Transfer,
): string | null {
  const bounds = transfer(width, a, b)
  for (const x of valuesOf(a)) {
    for (const y of valuesOf(b)) {
      const result = evaluate(name, width, x, y)
      if (result === null || contains(bounds, result)) continue
      return `${name}(${x}, ${y}) = ${result}, not in ${bounds.low}..${bounds.high} by ${bounds.stride}`
    }
  }
  return null
}

function allIntervals(width: number): readonly Interval[] {
  const most = mostOf(width)
  return Array.from({ length: most + 1 }, (_, low) =>
    Array.from({ length: most + 1 - low }, (_, more) => ({
      low,
      high: low + more,
      stride: more === 0 ? 0 : 1,
    })),
  ).flat()
}

/** Bounds of 8 bits with any stride. */
const strided: fc.Arbitrary<Interval> = fc
  .tuple(fc.nat({ max: 255 }), fc.nat({ max: 255 }), fc.constantFrom(1, 1, 2, 3, 4, 8, 16))
  .map(([a, b, stride]) => {
    const low = Math.min(a, b)
    return { low, high: low + Math.floor((Math.max(a, b) - low) / stride) * stride, stride }
  })

describe('bounds of results hold every result', () => {
  it.each(BINARIES)('%s: all pairs of bounds of 3 bits, all values', (name) => {
    const transfer = transferOf(name)
    const intervals = allIntervals(3)
    for (const a of intervals)
      for (const b of intervals) expect(violation(name, 3, [a, b], transfer)).toBeNull()
  })

  it.each(BINARIES)('%s: bounds of 8 bits with strides, all values', (name) => {
    const transfer = transferOf(name)
    const property = fc.property(strided, strided, (a, b) => {
      expect(violation(name, 8, [a, b], transfer)).toBeNull()
    })
    fc.assert(property, { seed: 2, numRuns: 40 })
  })

  it.each(UNARIES)('%s: all bounds of 8 bits, all values', (name) => {
    const transfer = transferOf(name)
    const zero = { low: 0, high: 0, stride: 0 }
    for (const a of allIntervals(8)) {
      if (a.low % 5 === 0) expect(violation(name, 8, [a, zero], transfer)).toBeNull()
    }
  })

  it('extend8_s and extend16_s of wider values', () => {
    const zero = { low: 0, high: 0, stride: 0 }
    const edges = [0, 1, 126, 127, 128, 129, 255, 256, 257, 65_535, 32_767, 32_768, 70_000]
    for (const name of ['extend8_s', 'extend16_s'] as const) {
      for (const low of edges) {
        for (const high of edges) {
          if (high < low || high > low + 200) continue
          expect(violation(name, 32, [{ low, high, stride: 1 }, zero], transferOf(name))).toBeNull()
        }
      }
    }
  })

  it('64 bits, where bounds are rounded: corners and random values', () => {
    const edge = fc.constantFrom(
      0n,
      1n,
      2n ** 31n,
      2n ** 32n,
      2n ** 53n - 1n,
      2n ** 53n + 1n,
      2n ** 63n - 1n,
      2n ** 63n,
      2n ** 64n - 1n,
    )
    const value = fc.oneof(edge, fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }))
    const pair = fc.tuple(value, value, fc.constantFrom(...BINARIES, ...UNARIES))
    const property = fc.property(pair, value, ([x, y, name], z) => {
      const transfer = transferOf(name)
      // Bounds that hold x and z, and y alone or with z.
      const a = around(x, z)
      for (const b of [around(y, y), around(y, z)]) {
        const width = name === 'extend_s' || name === 'extend_u' ? 32 : 64
        if (width === 32 && (x >= 2n ** 32n || z >= 2n ** 32n)) continue
        const result = evaluate(name, width, x, y)
        if (result === null) continue
        const bounds = transfer(width, a, b)
        expect(BigInt(bounds.low) <= result && result <= BigInt(bounds.high), `${name}(${x}, ${y})`).toBe(
          true,
        )
      }
    })
    fc.assert(property, { seed: 4, numRuns: 6000 })
  })

  it('sees a wrong carry, a wrong sign and a wrong stride', () => {
    const lostCarry: Transfer = (width, a, b) => ({
      ...transferOf('add')(width, a, b),
      high: Math.max(a.high, b.high),
    })
    const unsigned: Transfer = (width, a, b) => transferOf('div_u')(width, a, b)
    const twice: Transfer = (width, a, b) => ({ ...transferOf('add')(width, a, b), stride: 2 })
    const some = { low: 3, high: 7, stride: 1 }
    const negative = { low: 250, high: 255, stride: 1 }
    expect(violation('add', 8, [some, some], lostCarry)).toBe('add(3, 5) = 8, not in 6..7 by 1')
    expect(violation('div_s', 8, [negative, some], unsigned)).toMatch(/^div_s\(250, 3\)/)
    expect(violation('add', 8, [some, some], twice)).toBe('add(3, 4) = 7, not in 6..14 by 2')
  })
})

function around(x: bigint, y: bigint): Interval {
  const [low, high] = x < y ? [x, y] : [y, x]
  const down = BigInt(Number(low)) <= low ? Number(low) : Number(low - 2048n < 0n ? 0n : low - 2048n)
  const up = BigInt(Number(high)) >= high ? Number(high) : Number(high + 2048n)
  return { low: down, high: up, stride: low === high ? 0 : 1 }
}
