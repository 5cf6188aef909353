import { damagedZstd } from './zstdErrors.ts'

/** A finite-state-entropy decoding table: state → symbol, and how the next state is read. */
export interface FseTable {
  readonly accuracyLog: number
  readonly symbols: Uint8Array
  readonly bits: Uint8Array
  readonly bases: Uint16Array
}

export interface FseLimits {
  readonly accuracyLog: number
  readonly symbols: number
}

/** A table for a distribution; -1 stands for "less than one". RFC 8878, 4.1.1. */
export function buildFseTable(accuracyLog: number, distribution: readonly number[]): FseTable {
  const size = 1 << accuracyLog
  const symbols = new Uint8Array(size)
  const next = spread(distribution, symbols)
  const bits = new Uint8Array(size)
  const bases = new Uint16Array(size)
  for (let state = 0; state < size; state++) {
    const symbol = symbols[state] ?? 0
    const count = next[symbol] ?? 1
    next[symbol] = count + 1
    const width = accuracyLog - (31 - Math.clz32(count))
    bits[state] = width
    bases[state] = (count << width) - size
  }
  return { accuracyLog, symbols, bits, bases }
}

/** The table that always gives `symbol` and takes no bits. */
export function constantFseTable(symbol: number): FseTable {
  return {
    accuracyLog: 0,
    symbols: new Uint8Array([symbol]),
    bits: new Uint8Array(1),
    bases: new Uint16Array(1),
  }
}

/** Puts each symbol into as many states as its probability says; returns those numbers. */
function spread(distribution: readonly number[], symbols: Uint8Array): number[] {
  const size = symbols.length
  let high = size
  distribution.forEach((probability, symbol) => {
    if (probability === -1) symbols[--high] = symbol
  })
  const step = (size >> 1) + (size >> 3) + 3
  let position = 0
  distribution.forEach((probability, symbol) => {
    for (let i = 0; i < probability; i++) {
      symbols[position] = symbol
      do position = (position + step) & (size - 1)
      while (position >= high)
    }
  })
  return distribution.map((probability) => Math.abs(probability))
}

/** Reads a table description at the start of `bytes`; `size` is what it took. */
export function readFseTable(
  bytes: Uint8Array,
  limits: FseLimits,
): { readonly table: FseTable; readonly size: number } {
  const accuracyLog = ((bytes[0] ?? 0) & 15) + 5
  if (accuracyLog > limits.accuracyLog) throw damagedZstd(`an entropy table has accuracy ${accuracyLog}`)
  const distribution: number[] = []
  let bit = 4
  let remaining = 1 << accuracyLog
  const take = (count: number) => {
    const value = forwardBits(bytes, bit, count)
    bit += count
    return value
  }
  while (remaining > 0) {
    if (distribution.length >= limits.symbols) throw damagedZstd('an entropy table has too many symbols')
    const width = 32 - Math.clz32(remaining + 1)
    const low = (1 << (width - 1)) - 1
    const threshold = (1 << width) - 2 - remaining
    let value = take(width)
    if ((value & low) < threshold) {
      value &= low
      bit--
    } else if (value > low) value -= threshold
    remaining -= Math.abs(value - 1)
    distribution.push(value - 1)
    if (value !== 1) continue
    for (let repeat = 3; repeat === 3; ) {
      repeat = take(2)
      for (let i = 0; i < repeat; i++) distribution.push(0)
      if (distribution.length > limits.symbols) throw damagedZstd('an entropy table has too many symbols')
    }
  }
  const size = (bit + 7) >> 3
  if (remaining < 0 || size > bytes.length) throw damagedZstd('an entropy table does not add up')
  return { table: buildFseTable(accuracyLog, distribution), size }
}

function forwardBits(bytes: Uint8Array, start: number, count: number): number {
  const byte = start >> 3
  const word = (bytes[byte] ?? 0) | ((bytes[byte + 1] ?? 0) << 8) | ((bytes[byte + 2] ?? 0) << 16)
  return (word >>> (start & 7)) & ((1 << count) - 1)
}
