import { decodeHuffman, type HuffmanTable, readHuffmanTable } from './huffmanTable.ts'
import { damagedZstd } from './zstdErrors.ts'

export interface Literals {
  readonly bytes: Uint8Array
  /** For later blocks that reuse it. */
  readonly table: HuffmanTable | null
  /** Bytes of the block that the section took. */
  readonly size: number
}

interface Header {
  readonly size: number
  readonly regenerated: number
  readonly compressed: number
  readonly streams: 1 | 4
}

const RAW = 0
const RUN_LENGTH = 1
const COMPRESSED = 2

/** The literals section of a compressed block; `table` is the previous block's. RFC 8878, 3.1.1.3.1. */
export function readLiterals(block: Uint8Array, table: HuffmanTable | null, maximum: number): Literals {
  const type = (block[0] ?? 0) & 3
  const header = type < COMPRESSED ? plainHeader(block) : compressedHeader(block)
  if (header.regenerated > maximum)
    throw damagedZstd(`a block has ${header.regenerated} literals, limit ${maximum}`)
  const end = header.size + (type === RUN_LENGTH ? 1 : header.compressed)
  if (end > block.length) throw damagedZstd('the literals of a block are cut off')
  const body = block.subarray(header.size, end)
  if (type === RAW) return { bytes: body, table, size: end }
  if (type === RUN_LENGTH) {
    return { bytes: new Uint8Array(header.regenerated).fill(body[0] ?? 0), table, size: end }
  }
  const own = type === COMPRESSED ? readHuffmanTable(body) : { table, size: 0 }
  if (own.table === null) throw damagedZstd('a block reuses a Huffman tree that no block before it has')
  const bytes = new Uint8Array(header.regenerated)
  const streams = body.subarray(own.size)
  if (header.streams === 1) decodeHuffman(streams, own.table, bytes)
  else decodeFourStreams(streams, own.table, bytes)
  return { bytes, table: own.table, size: end }
}

function plainHeader(block: Uint8Array): Header {
  const [b0, b1, b2] = [block[0] ?? 0, block[1] ?? 0, block[2] ?? 0]
  const format = (b0 >> 2) & 3
  const size = format === 1 ? 2 : format === 3 ? 3 : 1
  const regenerated =
    size === 1 ? b0 >> 3 : size === 2 ? (b0 >> 4) | (b1 << 4) : (b0 >> 4) | (b1 << 4) | (b2 << 12)
  return { size, regenerated, compressed: regenerated, streams: 1 }
}

function compressedHeader(block: Uint8Array): Header {
  const format = ((block[0] ?? 0) >> 2) & 3
  const width = format < 2 ? 10 : format === 2 ? 14 : 18
  const size = format < 2 ? 3 : format + 2
  let value = 0
  for (let i = size - 1; i >= 0; i--) value = value * 256 + (block[i] ?? 0)
  const sizes = Math.floor(value / 16)
  const unit = 2 ** width
  return {
    size,
    regenerated: sizes % unit,
    compressed: Math.floor(sizes / unit),
    streams: format === 0 ? 1 : 4,
  }
}

function decodeFourStreams(bytes: Uint8Array, table: HuffmanTable, target: Uint8Array): void {
  const share = (target.length + 3) >> 2
  if (bytes.length < 10 || share * 3 > target.length) throw damagedZstd('four literal streams are too short')
  let start = 6
  for (let i = 0; i < 4; i++) {
    const size = (bytes[i * 2] ?? 0) | ((bytes[i * 2 + 1] ?? 0) << 8)
    const end = i === 3 ? bytes.length : start + size
    if (end > bytes.length) throw damagedZstd('four literal streams are cut off')
    const part = target.subarray(i * share, i === 3 ? target.length : (i + 1) * share)
    decodeHuffman(bytes.subarray(start, end), table, part)
    start = end
  }
}
