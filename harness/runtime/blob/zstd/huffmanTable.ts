import { BackwardBits } from './backwardBits.ts'
import { readFseTable } from './fseTable.ts'
import { damagedZstd } from './zstdErrors.ts'

const MAX_BITS = 11
const MAX_WEIGHTS = 255

/** A prefix code for bytes, as a table over the next `bits` bits. */
export interface HuffmanTable {
  readonly bits: number
  readonly symbols: Uint8Array
  readonly lengths: Uint8Array
}

/** Reads a tree description at the start of `bytes`; `size` is what it took. RFC 8878, 4.2.1. */
export function readHuffmanTable(bytes: Uint8Array): { readonly table: HuffmanTable; readonly size: number } {
  const header = bytes[0] ?? 0
  const count = header - 127
  const size = 1 + (header < 128 ? header : (count + 1) >> 1)
  if (size > bytes.length) throw damagedZstd('a Huffman tree is cut off')
  const weights = header < 128 ? compressedWeights(bytes.subarray(1, size)) : directWeights(bytes, count)
  return { table: buildHuffmanTable(weights), size }
}

function directWeights(bytes: Uint8Array, count: number): number[] {
  return Array.from({ length: count }, (_, i) => {
    const pair = bytes[1 + (i >> 1)] ?? 0
    return i % 2 === 0 ? pair >> 4 : pair & 15
  })
}

/** Two interleaved states take turns until the bits run out; the other one then still has a symbol. */
function compressedWeights(bytes: Uint8Array): number[] {
  const { table, size } = readFseTable(bytes, { accuracyLog: 6, symbols: 16 })
  const bits = new BackwardBits(bytes.subarray(size))
  const states = [bits.read(table.accuracyLog), bits.read(table.accuracyLog)]
  const weights: number[] = []
  for (let turn = 0; weights.length < MAX_WEIGHTS; turn ^= 1) {
    const state = states[turn] ?? 0
    weights.push(table.symbols[state] ?? 0)
    states[turn] = (table.bases[state] ?? 0) + bits.read(table.bits[state] ?? 0)
    if (bits.left >= 0) continue
    weights.push(table.symbols[states[turn ^ 1] ?? 0] ?? 0)
    return weights
  }
  throw damagedZstd('a Huffman tree has too many weights')
}

/** The last symbol's weight is what completes the sum to a power of two. */
function buildHuffmanTable(weights: number[]): HuffmanTable {
  const sum = weights.reduce((total, weight) => total + (weight === 0 ? 0 : 2 ** (weight - 1)), 0)
  const bits = 32 - Math.clz32(sum)
  const rest = 2 ** bits - sum
  const isPower = (rest & (rest - 1)) === 0
  if (sum === 0 || bits > MAX_BITS || !isPower || weights.length > MAX_WEIGHTS) {
    throw damagedZstd('the weights of a Huffman tree do not add up')
  }
  weights.push(32 - Math.clz32(rest))
  const symbols = new Uint8Array(1 << bits)
  const lengths = new Uint8Array(1 << bits)
  let position = 0
  for (let weight = 1; weight <= bits; weight++) {
    weights.forEach((own, symbol) => {
      if (own !== weight) return
      const end = position + 2 ** (weight - 1)
      symbols.fill(symbol, position, end)
      lengths.fill(bits + 1 - weight, position, end)
      position = end
    })
  }
  return { bits, symbols, lengths }
}

/** Fills `target` from one stream, which has to end with it. */
export function decodeHuffman(stream: Uint8Array, table: HuffmanTable, target: Uint8Array): void {
  const bits = new BackwardBits(stream)
  for (let i = 0; i < target.length; i++) {
    const index = bits.peek(table.bits)
    target[i] = table.symbols[index] ?? 0
    bits.left -= table.lengths[index] ?? 0
  }
  if (bits.left !== 0) throw damagedZstd('a Huffman stream has another length than it says')
}
