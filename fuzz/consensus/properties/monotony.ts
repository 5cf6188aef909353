import type { ConsensusInput, ConsensusOutput } from '../abi/index.ts'
import { type ConsensusProperty, outputOf, type Violation } from './property.ts'

interface Changed {
  readonly input: ConsensusInput
  /** The neuron whose value rose, where it is one; else -1. */
  readonly changed: number
}

/** A change of an input, and what it may not do to the output. */
interface Monotony {
  readonly id: string
  readonly title: string
  /** Null when the input has nothing to change. */
  change(input: ConsensusInput, variation: number): Changed | null
  violation(before: ConsensusOutput, after: ConsensusOutput, change: Changed): Violation | null
}

const ONE = 65_535
const U64 = 2n ** 64n - 1n

const MONOTONIES: readonly Monotony[] = [
  {
    id: 'monotone.kappa',
    title: 'Consensus rises when more stake has to agree',
    change: (input, variation) =>
      input.kappa >= ONE
        ? null
        : { input: { ...input, kappa: input.kappa + 1 + (variation % (ONE - input.kappa)) }, changed: -1 },
    violation: (before, after, { input }) => {
      const j = after.consensus.findIndex((level, at) => level > (before.consensus[at] ?? 0))
      if (j < 0) return null
      const message = `consensus[${j}] rises from ${before.consensus[j]} to ${after.consensus[j]} when kappa rises to ${input.kappa}.`
      return { message, site: 'consensus' }
    },
  },
  {
    id: 'monotone.bond',
    title: 'A bond falls because it was larger before',
    change: (input, variation) => ({ input: withMoreBonds(input, variation), changed: -1 }),
    violation: (before, after) => {
      for (const [i, row] of after.bonds.entries()) {
        const k = row.findIndex((bond, at) => bond < (before.bonds[i]?.[at] ?? 0))
        if (k < 0) continue
        const message = `bonds[${i}][${k}] falls from ${before.bonds[i]?.[k]} to ${row[k]} when old bonds rise.`
        return { message, site: 'bonds' }
      }
      return null
    },
  },
  {
    id: 'monotone.stake',
    title: 'More stake loses a permit',
    change: (input, variation) => {
      const i = variation % Math.max(1, input.neurons.length)
      const neuron = input.neurons[i]
      if (neuron === undefined || neuron.stake === U64) return null
      const more = (U64 - neuron.stake) / BigInt(1 + (variation % 7)) || 1n
      const neurons = input.neurons.with(i, { ...neuron, stake: neuron.stake + more })
      return { input: { ...input, neurons }, changed: i }
    },
    violation: (before, after, { changed }) => {
      const lost = before.permits[changed] === 1 && after.permits[changed] === 0
      return lost
        ? { message: `Neuron ${changed} loses its permit when its stake rises.`, site: 'permits' }
        : null
    },
  },
]

function withMoreBonds(input: ConsensusInput, variation: number): ConsensusInput {
  const more = (bond: number, k: number) => Math.min(ONE, bond + ((variation + k) % 4096))
  const neurons = input.neurons.map((neuron) => ({
    ...neuron,
    row: neuron.row.map((cell, k) => ({ ...cell, bond: more(cell.bond, k) })),
  }))
  return { ...input, neurons }
}

/**
 * Laws that hold when one value of the input rises. A law counts where the reference keeps it: a pair of inputs on which the
 * reference breaks it, too, is not a violation.
 */
export function monotonies(
  reference: (input: ConsensusInput) => ConsensusOutput,
): readonly ConsensusProperty[] {
  return MONOTONIES.map(({ id, title, change, violation }) => ({
    id,
    title,
    check: (trial, { input, result, variation }) => {
      const before = outputOf(result)
      const changed = change(input, variation)
      if (before === null || changed === null) return null
      const after = outputOf(trial.run(changed.input))
      const found = after === null ? null : violation(before, after, changed)
      if (found === null) return null
      return violation(reference(input), reference(changed.input), changed) === null ? found : null
    },
  }))
}
