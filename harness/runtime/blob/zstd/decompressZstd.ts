import type { HuffmanTable } from './huffmanTable.ts'
import { readLiterals } from './literals.ts'
import { runSequences, type SequenceState } from './sequences.ts'
import { damagedZstd, truncatedZstd } from './zstdErrors.ts'
import { ZstdOutput } from './zstdOutput.ts'

export interface DecompressZstdOptions {
  readonly limitBytes: number
  /** Makes the error for output past the limit. */
  readonly onLimit: () => Error
}

/** What the reference decoder accepts by default: 128 MiB. */
const MAX_WINDOW_BYTES = 2 ** 27
const MAX_BLOCK_BYTES = 128 * 1024
const FRAME_MAGIC = 0xfd2fb528
/** Of a skippable frame; the lowest four bits are free. */
const SKIPPABLE_MAGIC = 0x184d2a50

/**
 * Decompresses zstd frames, end to end, with nothing left over. Memory stays below three times the limit; time is linear
 * in input and output, also for hostile frames, since each block is held to 128 KiB of output. Content checksums and
 * dictionaries are not supported beyond being skipped and refused.
 *
 * Errors: `BLOB_MALFORMED`, `BLOB_TRUNCATED`, and what `onLimit` makes.
 *
 * @see https://www.rfc-editor.org/rfc/rfc8878
 */
export function decompressZstd(
  bytes: Uint8Array,
  { limitBytes, onLimit }: DecompressZstdOptions,
): Uint8Array {
  const input = new Input(bytes)
  const output = new ZstdOutput(limitBytes, onLimit)
  do {
    const magic = input.number(4)
    if (magic === FRAME_MAGIC) readFrame(input, output)
    else if ((magic & 0xfffffff0) >>> 0 === SKIPPABLE_MAGIC) input.take(input.number(4))
    else throw damagedZstd(`byte ${input.offset - 4} starts no frame`)
  } while (!input.isAtEnd)
  return output.finish()
}

class Input {
  readonly #bytes: Uint8Array
  offset = 0

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes
  }

  get isAtEnd(): boolean {
    return this.offset >= this.#bytes.length
  }

  take(count: number): Uint8Array {
    const end = this.offset + count
    if (end > this.#bytes.length) throw truncatedZstd(this.#bytes.length)
    const taken = this.#bytes.subarray(this.offset, end)
    this.offset = end
    return taken
  }

  /** Little-endian, of at most 8 bytes; inexact past 2^53. */
  number(width: number): number {
    return this.take(width).reduceRight((value, byte) => value * 256 + byte, 0)
  }
}

interface FrameHeader {
  readonly windowBytes: number
  readonly contentBytes: number | null
  readonly hasChecksum: boolean
}

function readFrame(input: Input, output: ZstdOutput): void {
  const header = readFrameHeader(input)
  const start = output.length
  output.startFrame()
  const blockBytes = Math.min(MAX_BLOCK_BYTES, header.windowBytes)
  const state: BlockState = { huffman: null, sequences: { tables: null, offsets: [1, 4, 8] } }
  let isLast = false
  while (!isLast) {
    const block = input.number(3)
    isLast = (block & 1) === 1
    output.startBlock(blockBytes)
    readBlock({ input, output, state, blockBytes }, (block >> 1) & 3, block >> 3)
  }
  if (header.contentBytes !== null && header.contentBytes !== output.length - start) {
    throw damagedZstd(`a frame says it holds ${header.contentBytes} bytes, it holds ${output.length - start}`)
  }
  if (header.hasChecksum) input.take(4)
}

function readFrameHeader(input: Input): FrameHeader {
  const descriptor = input.number(1)
  if ((descriptor & 8) !== 0) throw damagedZstd('a frame uses a reserved bit')
  const isSingleSegment = (descriptor & 0x20) !== 0
  const window = isSingleSegment ? 0 : input.number(1)
  if (input.number([0, 1, 2, 4][descriptor & 3] ?? 0) !== 0) throw damagedZstd('a frame needs a dictionary')
  const sizeFlag = descriptor >> 6
  const contentWidth = sizeFlag === 0 ? Number(isSingleSegment) : 2 ** sizeFlag
  const content = input.number(contentWidth) + (contentWidth === 2 ? 256 : 0)
  const base = 2 ** (10 + (window >> 3))
  const windowBytes = isSingleSegment ? content : base + (base / 8) * (window & 7)
  if (windowBytes > MAX_WINDOW_BYTES) {
    throw damagedZstd(`a frame wants a window of ${windowBytes} bytes, limit ${MAX_WINDOW_BYTES}`)
  }
  return {
    windowBytes,
    contentBytes: contentWidth === 0 ? null : content,
    hasChecksum: (descriptor & 4) !== 0,
  }
}

interface BlockState {
  huffman: HuffmanTable | null
  readonly sequences: SequenceState
}

interface BlockContext {
  readonly input: Input
  readonly output: ZstdOutput
  readonly state: BlockState
  readonly blockBytes: number
}

function readBlock({ input, output, state, blockBytes }: BlockContext, type: number, size: number): void {
  if (type === 3) throw damagedZstd('a block is of a reserved type')
  if (size > blockBytes) throw damagedZstd(`a block claims ${size} bytes, limit ${blockBytes}`)
  if (type === 0) {
    output.append(input.take(size))
    return
  }
  if (type === 1) {
    output.fill(input.number(1), size)
    return
  }
  const block = input.take(size)
  const literals = readLiterals(block, state.huffman, blockBytes)
  state.huffman = literals.table
  runSequences(block.subarray(literals.size), literals.bytes, { state: state.sequences, output })
}
