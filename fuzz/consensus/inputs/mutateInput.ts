import type { SeededRandom } from '../../../harness/base/seededRandom.ts'
import type { Cell, ConsensusInput, Neuron } from '../abi/index.ts'
import { WRAP_WAYS, wrapStakes } from './wrapStakes.ts'

export interface MutateOptions {
  readonly random: SeededRandom
  readonly maxN: number
  readonly maxRow: number
  /** Numbers that the module compares with or computes from. */
  readonly constants: readonly bigint[]
  /** Another input, to take neurons from. */
  readonly other: ConsensusInput
}

const U16 = 65_535
const U64 = 2n ** 64n - 1n
const STAKES: readonly bigint[] = [0n, 1n, 2n, U64, U64 - 1n, 2n ** 63n, 2n ** 32n, 2n ** 32n - 1n, 10n ** 9n]
const SHARES: readonly number[] = [0, 1, 2, 255, 256, 6553, 32_767, 32_768, U16 - 1, U16]
const NOBODY: Neuron = { stake: 0n, active: 1, row: [] }

/** A few small changes to an input: all its kinds of values, and the number of neurons and cells. */
export function mutateInput(input: ConsensusInput, options: MutateOptions): ConsensusInput {
  let result = input
  for (let left = 1 + options.random.below(4); left > 0; left--) result = changed(result, options)
  return result
}

function changed(input: ConsensusInput, options: MutateOptions): ConsensusInput {
  const { random, other } = options
  const n = input.neurons.length
  const i = random.below(Math.max(1, n))
  switch (random.below(12)) {
    case 0:
      return withParameter(input, options)
    case 1:
      return n < options.maxN ? withNeurons(input, [...input.neurons, input.neurons[i] ?? NOBODY]) : input
    case 2:
      return withNeurons(input, input.neurons.toSpliced(i, 1))
    case 3:
      return wrapStakes(input, random.below(WRAP_WAYS))
    case 4: {
      const taken = pick(other.neurons, random)
      return taken === undefined || n === 0 ? input : withNeurons(input, input.neurons.with(i, taken))
    }
    case 5:
    case 6:
      return atNeuron(input, i, (neuron) => ({ ...neuron, stake: someStake(input, options) }))
    case 7:
      return atNeuron(input, i, (neuron) => ({ ...neuron, active: random.below(3) === 0 ? 0 : 1 }))
    default:
      return atNeuron(input, i, (neuron) => ({ ...neuron, row: changedRow(neuron.row, n, options) }))
  }
}

function withParameter(input: ConsensusInput, options: MutateOptions): ConsensusInput {
  const { random } = options
  switch (random.below(4)) {
    case 0:
      return { ...input, kappa: someShare(options) }
    case 1:
      return { ...input, alpha: someShare(options) }
    case 2:
      return { ...input, bondsPenalty: someShare(options) }
    default: {
      const n = input.neurons.length
      return {
        ...input,
        maxValidators: pick([0, 1, n, n + 1, 2 ** 32 - 1, random.below(n + 2)], random) ?? 0,
      }
    }
  }
}

function changedRow(row: readonly Cell[], n: number, options: MutateOptions): readonly Cell[] {
  const { random, maxRow } = options
  const k = random.below(Math.max(1, row.length))
  const fresh = (): Cell => ({
    uid: someUid(n, options),
    weight: someShare(options),
    bond: someShare(options),
  })
  switch (random.below(8)) {
    case 0:
      return []
    case 1:
      return Array.from({ length: Math.min(n, maxRow) }, (_, uid) => ({ ...fresh(), uid }))
    case 2:
      return row.length < maxRow ? [...row, fresh()] : row
    case 3:
      return row.toSpliced(k, 1)
    case 4:
      return row.length === 0
        ? row
        : Array.from({ length: maxRow }, (_, at) => row[at % row.length] ?? fresh())
    default: {
      const cell = row[k]
      if (cell === undefined) return row.length < maxRow ? [fresh()] : row
      const { uid, weight, bond } = fresh()
      return row.with(
        k,
        [
          { ...cell, uid },
          { ...cell, weight },
          { ...cell, bond },
        ][random.below(3)] ?? cell,
      )
    }
  }
}

function someUid(n: number, { random }: MutateOptions): number {
  const past = [n, n + 1, 2 * n, 255, 256, U16, random.below(U16 + 1)]
  return Math.min(U16, (random.below(4) === 0 ? pick(past, random) : random.below(Math.max(1, n))) ?? 0)
}

function someShare(options: MutateOptions): number {
  const { random } = options
  const kind = random.below(4)
  if (kind === 0) return random.below(U16 + 1)
  if (kind === 1) return Number((pick(options.constants, random) ?? 0n) & BigInt(U16))
  return pick(SHARES, random) ?? 0
}

function someStake(input: ConsensusInput, options: MutateOptions): bigint {
  const { random } = options
  const any = (BigInt(random.below(2 ** 32)) << 32n) | BigInt(random.below(2 ** 32))
  switch (random.below(5)) {
    case 0:
      return pick(STAKES, random) ?? 0n
    case 1:
      return any >> BigInt(random.below(64))
    case 2:
      return pick(input.neurons, random)?.stake ?? any
    case 3:
      return ((pick(options.constants, random) ?? 0n) + BigInt(random.below(3) - 1)) & U64
    default:
      return any
  }
}

function pick<T>(items: readonly T[], random: SeededRandom): T | undefined {
  return items[random.below(Math.max(1, items.length))]
}

function withNeurons(input: ConsensusInput, neurons: readonly Neuron[]): ConsensusInput {
  return { ...input, neurons }
}

function atNeuron(input: ConsensusInput, i: number, change: (neuron: Neuron) => Neuron): ConsensusInput {
  const neuron = input.neurons[i]
  return neuron === undefined ? input : withNeurons(input, input.neurons.with(i, change(neuron)))
}
