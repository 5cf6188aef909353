import type { ConsensusInput, Neuron } from '../abi/index.ts'
import { WRAP_WAYS, wrapStakes } from './wrapStakes.ts'

const U16 = 65_535
const U64 = 2n ** 64n - 1n

/** The cases that every campaign begins with, smallest first: what specifications forget. */
export function seedInputs(maxN: number, maxRow: number): readonly ConsensusInput[] {
  const sizes = [0, 1, 2, 3, 4, maxN].filter((n, at, all) => n <= maxN && all.indexOf(n) === at)
  return sizes.flatMap((n) => {
    const plain = regularInput(n, { rowLength: Math.min(n, maxRow) })
    return [
      plain,
      regularInput(n, { rowLength: 0 }),
      each(plain, (neuron) => ({ ...neuron, stake: 0n })),
      each(plain, (neuron) => ({ ...neuron, stake: U64 })),
      each(plain, (neuron) => ({ ...neuron, active: 0 })),
      each(plain, (neuron) => ({ ...neuron, row: neuron.row.map((cell) => ({ ...cell, weight: 0 })) })),
      each(plain, (neuron) => ({
        ...neuron,
        row: neuron.row.map((cell) => ({ ...cell, weight: U16, bond: U16 })),
      })),
      ...[n, n + 1, 256, U16].map((uid) =>
        each(plain, (neuron) => ({ ...neuron, row: [...neuron.row.slice(1), { uid, weight: 1, bond: 1 }] })),
      ),
      each(plain, (neuron, i) => ({
        ...neuron,
        row: Array.from({ length: maxRow }, (_, k) => ({
          uid: (i + k) % Math.max(1, n),
          weight: k,
          bond: k,
        })),
      })),
      { ...plain, maxValidators: 0 },
      { ...plain, kappa: U16, alpha: U16, bondsPenalty: 0 },
      { ...plain, kappa: 0, alpha: 0 },
      ...Array.from({ length: WRAP_WAYS }, (_, way) => wrapStakes(plain, way)),
    ]
  })
}

/** An input of any size in which every neuron gives weight to the `rowLength` neurons after it. */
export function regularInput(n: number, { rowLength }: { readonly rowLength: number }): ConsensusInput {
  return {
    kappa: 32_767,
    alpha: 6553,
    maxValidators: Math.max(1, n),
    bondsPenalty: U16,
    neurons: Array.from({ length: n }, (_, i) => ({
      stake: BigInt(i + 1) * 1_000_000_000n,
      active: 1,
      row: Array.from({ length: rowLength }, (_, k) => ({
        uid: (i + k + 1) % n,
        weight: 1 + ((i * 7919 + k * 1047) % U16),
        bond: (k * 999) % U16,
      })),
    })),
  }
}

function each(input: ConsensusInput, change: (neuron: Neuron, i: number) => Neuron): ConsensusInput {
  return { ...input, neurons: input.neurons.map(change) }
}
