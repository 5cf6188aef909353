import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createNumericOps } from '../decode/index.ts'
import { createOperators, isTerm, Refiner, TERM_KIND, TermBuilder, type Value } from '../terms/index.ts'
import { type CellSize, fillCells, hullOfCells, Memory, mergeMemory, writeWeakly } from './index.ts'

const ops = createNumericOps()
const builder = new TermBuilder(createOperators(ops), new Refiner(ops), false)
const join = (width: 32 | 64, a: Value, b: Value) =>
  builder.choose({ condition: 1, origin: null }, [a, null], [b, null], width)

/** Writes of concrete values into the first kibibyte, across cells and pages. */
const writes = fc.array(
  fc.record({
    address: fc.nat({ max: 200 }),
    size: fc.constantFrom<CellSize>(1, 2, 4, 8),
    value: fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }),
  }),
  { minLength: 1, maxLength: 40 },
)

function apply(
  memory: Memory,
  bytes: Uint8Array,
  { address, size, value }: { address: number; size: CellSize; value: bigint },
): void {
  const cut = BigInt.asUintN(8 * size, value)
  memory.write(address, size, cut <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(cut) : cut)
  for (let i = 0; i < size; i++) bytes[address + i] = Number((cut >> BigInt(8 * i)) & 255n)
}

function expectBytes(memory: Memory, bytes: Uint8Array): void {
  const view = new DataView(bytes.buffer)
  for (let address = 0; address < 208; address++) {
    expect(memory.read(address, 1)).toBe(bytes[address])
    expect(Number(memory.read(address, 4))).toBe(view.getUint32(address, true))
    expect(BigInt(Number(memory.read(address, 2)))).toBe(BigInt(view.getUint16(address, true)))
    const wide = memory.read(address, 8)
    expect(isTerm(wide) ? null : BigInt(wide)).toBe(view.getBigUint64(address, true))
  }
}

describe('memory', () => {
  it('holds bytes as a plain array does, whatever the sizes, and forks do not see one another', () => {
    const property = fc.property(writes, writes, (first, second) => {
      const memory = new Memory(builder)
      const bytes = new Uint8Array(1024)
      for (const one of first) apply(memory, bytes, one)
      const before = bytes.slice()
      const fork = memory.fork()
      for (const one of second) apply(memory, bytes, one)
      expectBytes(memory, bytes)
      expectBytes(fork, before)
    })
    fc.assert(property, { seed: 1, numRuns: 20 })
  })

  it('a joined cell is within both sides, and what is the same on both stays', () => {
    const property = fc.property(writes, writes, (first, second) => {
      const [a, b] = [new Memory(builder), new Memory(builder)]
      const bytes = [new Uint8Array(1024), new Uint8Array(1024)] as const
      for (const one of first) apply(a, bytes[0], one)
      for (const one of second) apply(b, bytes[1], one)
      const joined = mergeMemory(a, b, builder, join)
      for (let address = 0; address < 208; address++) {
        const cell = joined.read(address, 1)
        for (const side of bytes) {
          const byte = side[address] ?? 0
          expect(isTerm(cell) ? cell.low <= byte && byte <= cell.high : cell === byte).toBe(true)
        }
      }
    })
    fc.assert(property, { seed: 6, numRuns: 30 })
  })

  it('an array that was written at an unknown place is old or new everywhere, and each load is a new unknown', () => {
    const memory = new Memory(builder)
    const array = { first: 4096, last: 4096 + 8 * 4095, stride: 8, size: 8 } as const
    memory.write(4096 + 800, 8, 50)
    writeWeakly(memory, builder, array, { low: 7, high: 9 })
    expect(hullOfCells(memory, array)).toEqual({ low: 0, high: 50 })
    const [one, two] = [memory.read(4096, 8), memory.read(4096, 8)]
    expect([isTerm(one), isTerm(two), one === two]).toEqual([true, true, false])
    expect(memory.peek(4096 - 8, 8)).toBe(0)
    expect(memory.peek(4096 + 8 * 4096, 8)).toBe(0)
    memory.write(4096 + 16, 8, 3)
    expect([memory.read(4096 + 16, 8), isTerm(memory.read(4096 + 24, 8))]).toEqual([3, true])
  })

  it('a hull that was kept is forgotten when a cell under it changes', () => {
    const memory = new Memory(builder)
    const array = { first: 0, last: 4 * 1023, stride: 4, size: 4 } as const
    fillCells(memory, array, 5)
    expect(hullOfCells(memory, array)).toEqual({ low: 5, high: 5 })
    memory.write(4 * 77, 4, 900)
    expect(hullOfCells(memory, array)).toEqual({ low: 5, high: 900 })
    memory.write(4 * 77, 4, builder.summary(32, { low: 1, high: 2, stride: 1 }))
    expect(hullOfCells(memory, array)).toEqual({ low: 1, high: 5 })
    const field = { first: 0, last: 4 * 1020, stride: 16, size: 4 } as const
    expect(hullOfCells(memory, field)).toEqual({ low: 5, high: 5 })
  })

  it('summaries stay summaries where paths join', () => {
    const memory = new Memory(builder)
    const array = { first: 0, last: 8 * 511, stride: 8, size: 8 } as const
    writeWeakly(memory, builder, array, { low: 0, high: 10 })
    const other = memory.fork()
    writeWeakly(other, builder, array, { low: 0, high: 99 })
    const cell = mergeMemory(memory, other, builder, join).peek(64, 8)
    expect(isTerm(cell) && cell.op === TERM_KIND.summary ? cell.high : null).toBe(99)
  })
})
