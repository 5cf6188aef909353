import { DrydockError } from '../../../harness/base/errors.ts'
import type { ConsensusInput, ConsensusOutput } from './consensusInput.ts'
import { fillBytes } from './fillBytes.ts'
import { ABI_VERSION, type BlockLayout, HEADER } from './layout.ts'

const view = (bytes: Uint8Array): DataView => new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)

/**
 * Writes the input region. Rows past `n` and cells past a row's length get bytes that follow from `seed`.
 *
 * @param region Exactly the input region.
 * @throws DrydockError when the input does not fit the shape.
 */
export function encodeInput(
  region: Uint8Array,
  layout: BlockLayout,
  input: ConsensusInput,
  seed: number,
): void {
  assertFits(layout, input)
  fillBytes(region.subarray(HEADER.sizeBytes), seed)
  const to = view(region)
  writeHeader(to, layout, input)
  writeStaleLengths(to, layout, input.neurons.length)
  const { stake, len, active, uid, weight, bond } = layout.inputLayout
  for (const [i, neuron] of input.neurons.entries()) {
    to.setBigUint64(stake + 8 * i, neuron.stake, true)
    to.setUint32(len + 4 * i, neuron.row.length, true)
    to.setUint8(active + i, neuron.active)
    let cell = 2 * i * layout.shape.cap
    for (const entry of neuron.row) {
      to.setUint16(uid + cell, entry.uid, true)
      to.setUint16(weight + cell, entry.weight, true)
      to.setUint16(bond + cell, entry.bond, true)
      cell += 2
    }
  }
}

function writeHeader(to: DataView, layout: BlockLayout, input: ConsensusInput): void {
  for (let at = 0; at < HEADER.sizeBytes; at += 4) to.setUint32(at, 0, true)
  to.setUint32(HEADER.version, ABI_VERSION, true)
  to.setUint32(HEADER.maxN, layout.shape.maxN, true)
  to.setUint32(HEADER.cap, layout.shape.cap, true)
  to.setUint32(HEADER.n, input.neurons.length, true)
  to.setUint32(HEADER.scratchBytes, layout.scratchBytes, true)
  to.setUint32(HEADER.kappa, input.kappa, true)
  to.setUint32(HEADER.alpha, input.alpha, true)
  to.setUint32(HEADER.maxValidators, input.maxValidators, true)
  to.setUint32(HEADER.bondsPenalty, input.bondsPenalty, true)
}

/** A length is at most `cap` even where it means nothing. */
function writeStaleLengths(to: DataView, { shape, inputLayout }: BlockLayout, n: number): void {
  for (let i = n; i < shape.maxN; i++) {
    const at = inputLayout.len + 4 * i
    to.setUint32(at, to.getUint32(at, true) % (shape.cap + 1), true)
  }
}

function assertFits({ shape }: BlockLayout, input: ConsensusInput): void {
  const longest = input.neurons.reduce((most, neuron) => Math.max(most, neuron.row.length), 0)
  if (input.neurons.length > shape.maxN || longest > shape.cap) {
    throw new DrydockError(
      `An input of ${input.neurons.length} neurons with rows of up to ${longest} cells ` +
        `does not fit the shape ${shape.maxN} x ${shape.cap}.`,
      { code: 'CONSENSUS_SHAPE', kind: 'usage' },
    )
  }
}

/** Reads what the function wrote for the input's neurons and cells. */
export function decodeOutput(
  region: Uint8Array,
  layout: BlockLayout,
  input: ConsensusInput,
): ConsensusOutput {
  const from = view(region)
  const { consensus, incentive, dividends, permit, bond } = layout.outputLayout
  const n = input.neurons.length
  const column = (offset: number): number[] =>
    Array.from({ length: n }, (_, i) => from.getUint16(offset + 2 * i, true))
  return {
    consensus: column(consensus),
    incentive: column(incentive),
    dividends: column(dividends),
    permits: Array.from({ length: n }, (_, i) => from.getUint8(permit + i)),
    bonds: input.neurons.map((neuron, i) =>
      neuron.row.map((_, k) => from.getUint16(bond + 2 * (i * layout.shape.cap + k), true)),
    ),
  }
}
