import {
  type BlockLayout,
  blockLayout,
  type ConsensusInput,
  encodeInput,
  fillBytes,
  type Shape,
} from '../abi/index.ts'

/** The part of a block from `start` up to, without, `end`. */
interface Span {
  readonly start: number
  readonly end: number
}

/**
 * The bytes of a block before a run: arbitrary ones that follow from a seed, and the input. Kept for the inputs of one
 * shape, of which only the input changes.
 */
export class BlockImage {
  readonly layout: BlockLayout
  readonly seed: number
  readonly bytes: Uint8Array
  readonly gaps: readonly Span[]
  readonly input: Span

  constructor(shape: Shape, gapBytes: number, seed: number) {
    this.layout = blockLayout(shape, gapBytes)
    this.seed = seed
    this.bytes = new Uint8Array(this.layout.sizeBytes)
    fillBytes(this.bytes, seed)
    const { input, inputLayout, output, outputLayout, scratch, scratchBytes, sizeBytes } = this.layout
    this.input = { start: input, end: input + inputLayout.sizeBytes }
    this.gaps = [
      { start: 0, end: input },
      { start: this.input.end, end: output },
      { start: output + outputLayout.sizeBytes, end: scratch },
      { start: scratch + scratchBytes, end: sizeBytes },
    ]
  }

  encode(input: ConsensusInput): void {
    encodeInput(this.bytes.subarray(this.input.start, this.input.end), this.layout, input, this.seed)
  }

  /** The first byte of a span that differs from this image; -1 when none does. */
  differsAt(block: Uint8Array, { start, end }: Span): number {
    const was = this.bytes.subarray(start, end)
    const is = block.subarray(start, end)
    // PERF: `Buffer.compare` is memcmp; a byte loop over a gap costs more than the run.
    if (Buffer.compare(was, is) === 0) return -1
    return is.findIndex((byte, at) => byte !== was[at])
  }
}
