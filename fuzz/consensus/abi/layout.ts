/**
 * ABI 1 of consensus functions: which bytes lie where (docs/consensus-abi.md). All values are little endian, all sizes and
 * offsets are bytes. A shape alone fixes every offset; `n` and the rows' lengths are data.
 */
import { DrydockError } from '../../../harness/base/errors.ts'

export const ABI_VERSION = 1

/** Room in every array: for `maxN` neurons, with `cap` cells in each one's row. */
export interface Shape {
  readonly maxN: number
  readonly cap: number
}

/** Offsets from the start of the input region. */
export interface InputLayout {
  readonly stake: number
  readonly len: number
  readonly active: number
  readonly uid: number
  readonly weight: number
  readonly bond: number
  readonly sizeBytes: number
}

/** Offsets from the start of the output region. */
export interface OutputLayout {
  readonly consensus: number
  readonly incentive: number
  readonly dividends: number
  readonly permit: number
  readonly bond: number
  readonly sizeBytes: number
}

/** Offsets from the start of the block that `alloc` returned. Between the regions, and around them, lie gaps. */
export interface BlockLayout {
  readonly shape: Shape
  readonly gapBytes: number
  readonly input: number
  readonly inputLayout: InputLayout
  readonly output: number
  readonly outputLayout: OutputLayout
  readonly scratch: number
  readonly scratchBytes: number
  readonly sizeBytes: number
}

/** Offsets of the header's words, each of 32 bits, from the start of the input region. */
export const HEADER = {
  version: 0,
  maxN: 4,
  cap: 8,
  n: 12,
  scratchBytes: 16,
  kappa: 20,
  alpha: 24,
  maxValidators: 28,
  bondsPenalty: 32,
  sizeBytes: 64,
} as const

/** The host's gap between regions: wide enough for most stray writes to end in one. */
export const DEFAULT_GAP_BYTES = 4096
const MAX_SHAPE = 65_535
const MAX_BLOCK_BYTES = 2 ** 31

const up = (value: number, multiple: number): number => Math.ceil(value / multiple) * multiple

/** @throws DrydockError when a size is not a whole number in 1..65535. */
export function assertShape({ maxN, cap }: Shape): void {
  for (const [name, value] of [
    ['maxN', maxN],
    ['cap', cap],
  ] as const) {
    if (!Number.isInteger(value) || value < 1 || value > MAX_SHAPE) {
      throw new DrydockError(`${name} is ${value}; a shape has ${name} in 1..${MAX_SHAPE}.`, {
        code: 'CONSENSUS_SHAPE',
        kind: 'usage',
      })
    }
  }
}

export function inputLayout({ maxN, cap }: Shape): InputLayout {
  const cells = maxN * cap
  const stake = HEADER.sizeBytes
  const len = stake + 8 * maxN
  const active = up(len + 4 * maxN, 8)
  const uid = up(active + maxN, 8)
  const weight = up(uid + 2 * cells, 8)
  const bond = up(weight + 2 * cells, 8)
  return { stake, len, active, uid, weight, bond, sizeBytes: bond + 2 * cells }
}

export function outputLayout({ maxN, cap }: Shape): OutputLayout {
  const incentive = up(2 * maxN, 8)
  const dividends = up(incentive + 2 * maxN, 8)
  const permit = up(dividends + 2 * maxN, 8)
  const bond = up(permit + maxN, 8)
  return { consensus: 0, incentive, dividends, permit, bond, sizeBytes: bond + 2 * maxN * cap }
}

export function scratchBytes({ maxN, cap }: Shape): number {
  return 64 * maxN + 8 * maxN * cap
}

/**
 * @param gapBytes A multiple of 16; 0 puts the regions side by side.
 * @throws DrydockError when the shape is none, or when the block would not fit 2 GiB.
 */
export function blockLayout(shape: Shape, gapBytes: number = DEFAULT_GAP_BYTES): BlockLayout {
  assertShape(shape)
  const inputs = inputLayout(shape)
  const outputs = outputLayout(shape)
  const input = gapBytes
  const output = up(input + inputs.sizeBytes, 16) + gapBytes
  const scratch = up(output + outputs.sizeBytes, 16) + gapBytes
  const sizeBytes = up(scratch + scratchBytes(shape), 16) + gapBytes
  if (sizeBytes >= MAX_BLOCK_BYTES) {
    throw new DrydockError(
      `A shape of ${shape.maxN} x ${shape.cap} needs ${sizeBytes} bytes; the limit is 2 GiB.`,
      { code: 'CONSENSUS_SHAPE', kind: 'usage' },
    )
  }
  return {
    shape,
    gapBytes,
    input,
    inputLayout: inputs,
    output,
    outputLayout: outputs,
    scratch,
    scratchBytes: scratchBytes(shape),
    sizeBytes,
  }
}
