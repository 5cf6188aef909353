import type { ConsensusInput } from '../abi/index.ts'

/** Everything that is a share is in parts of this. */
export const ONE = 65_535n

const MASK_32 = 0xffff_ffffn

/**
 * The stake that a neuron has to pass for a permit: the largest value that more than `maxValidators` neurons reach. Neurons
 * with equal stake are treated alike, so that fewer than `maxValidators` may pass.
 */
export function permitThreshold(input: ConsensusInput): bigint {
  const stakes = input.neurons
    .map((neuron) => neuron.stake)
    .sort((one, other) => (one < other ? 1 : one > other ? -1 : 0))
  return stakes[input.maxValidators] ?? 0n
}

/** Cells that count: each neuron's first weight on each other one that exists. */
export function countedCells(input: ConsensusInput): readonly (readonly boolean[])[] {
  return input.neurons.map((neuron, i) => {
    const seen = new Set<number>()
    return neuron.row.map(({ uid }) => {
      const counts = uid < input.neurons.length && uid !== i && !seen.has(uid)
      seen.add(uid)
      return counts
    })
  })
}

/** Values shifted right, all as far as the largest needs to fit 32 bits. */
export function scaledTo32(values: readonly bigint[]): readonly bigint[] {
  const all = values.reduce((bits, value) => bits | value, 0n)
  const shift = BigInt(Math.max(0, all.toString(2).length - 32))
  return values.map((value) => (value >> shift) & MASK_32)
}

/** Values as parts of 65,535 of their sum, rounded down; all zero when the sum is. */
export function sharesOf(values: readonly bigint[]): readonly number[] {
  const scaled = scaledTo32(values)
  const total = sumOf(scaled)
  return scaled.map((value) => (total === 0n ? 0 : Number((value * ONE) / total)))
}

export function sumOf(values: readonly bigint[]): bigint {
  return values.reduce((sum, value) => sum + value, 0n)
}
