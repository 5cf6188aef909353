import type { ConsensusInput, ConsensusOutput } from '../abi/index.ts'
import { countedCells, ONE, permitThreshold, scaledTo32, sharesOf, sumOf } from './steps.ts'

/** One weight that counts: a cell of the input with what follows from it. */
interface Weight {
  readonly from: number
  readonly to: number
  /** Place in the row. */
  readonly cell: number
  /** The row's weights sum to at most one. Parts of 65,535. */
  readonly normal: bigint
  /** Parts of 65,535. */
  readonly oldBond: bigint
}

/**
 * Yuma consensus in fixed point: whole numbers, every share in parts of 65,535 and rounded down. Stake that has no permit, or is
 * inactive, does not count; nor do weights on oneself, on nobody, or repeated ones. The permits are those of this epoch's stake.
 *
 * Written from the description, equations 3 to 6 and the reward distribution:
 * @see https://github.com/opentensor/subtensor/blob/039804a1ce91e7feea94b4221839f77d3df02720/docs/consensus.md
 */
export function yuma(input: ConsensusInput): ConsensusOutput {
  const { neurons } = input
  const threshold = permitThreshold(input)
  const permits = neurons.map((neuron) => neuron.stake > threshold)
  const stake = scaledTo32(
    neurons.map((neuron, i) => (permits[i] === true && neuron.active !== 0 ? neuron.stake : 0n)),
  )
  const weights = weightsOf(input)
  const consensus = neurons.map((_, j) => consensusOf(j, { weights, stake, kappa: BigInt(input.kappa) }))
  const clipped = weights.map(({ normal, to }) => smaller(normal, consensus[to] ?? 0n))
  const incentive = sharesOf(columnSums(weights, stake, clipped))
  const bonds = newBonds(input, { weights, stake, clipped })
  return {
    consensus: consensus.map(Number),
    incentive,
    dividends: dividendsOf(weights, bonds, incentive),
    permits: permits.map(Number),
    bonds: neurons.map((neuron, i) => {
      const row = new Array<number>(neuron.row.length).fill(0)
      weights.forEach((weight, at) => {
        if (weight.from === i) row[weight.cell] = Number(bonds[at] ?? 0n)
      })
      return row
    }),
  }
}

function weightsOf(input: ConsensusInput): readonly Weight[] {
  const counted = countedCells(input)
  return input.neurons.flatMap(({ row }, from) => {
    const counts = (cell: number) => counted[from]?.[cell] === true
    const sum = sumOf(row.map(({ weight }, cell) => (counts(cell) ? BigInt(weight) : 0n)))
    return row.flatMap(({ uid, weight, bond }, cell) => {
      const normal = sum === 0n ? 0n : (BigInt(weight) * ONE) / sum
      return counts(cell) ? [{ from, to: uid, cell, normal, oldBond: BigInt(bond) }] : []
    })
  })
}

interface Votes {
  readonly weights: readonly Weight[]
  readonly stake: readonly bigint[]
  readonly kappa: bigint
}

/** Equation 3: the largest weight that at least `kappa` of the stake gives to neuron `j`. */
function consensusOf(j: number, { weights, stake, kappa }: Votes): bigint {
  const total = sumOf(stake)
  const given = weights.filter(({ to }) => to === j)
  const isSupported = (level: bigint) => {
    const support = sumOf(given.map(({ from, normal }) => (normal >= level ? (stake[from] ?? 0n) : 0n)))
    return support > 0n && support * ONE >= kappa * total
  }
  return given.reduce((best, { normal }) => (normal > best && isSupported(normal) ? normal : best), 0n)
}

/** What each neuron gets: stake times value, summed over the weights on it. */
function columnSums(
  weights: readonly Weight[],
  stake: readonly bigint[],
  values: readonly bigint[],
): readonly bigint[] {
  const sums = stake.map(() => 0n)
  weights.forEach(({ from, to }, at) => {
    sums[to] = (sums[to] ?? 0n) + (stake[from] ?? 0n) * (values[at] ?? 0n)
  })
  return sums
}

/** Equations 4 to 6: bonds are bought with what the penalty leaves of the weight, and averaged with the old ones. */
function newBonds(
  input: ConsensusInput,
  { weights, stake, clipped }: Pick<Votes, 'weights' | 'stake'> & { readonly clipped: readonly bigint[] },
): readonly bigint[] {
  const penalty = BigInt(input.bondsPenalty)
  const alpha = BigInt(input.alpha)
  const forBonds = weights.map(
    ({ normal }, at) => ((ONE - penalty) * normal + penalty * (clipped[at] ?? 0n)) / ONE,
  )
  const sums = columnSums(weights, stake, forBonds)
  return weights.map(({ from, to, oldBond }, at) => {
    const sum = sums[to] ?? 0n
    const bought = sum === 0n ? 0n : ((stake[from] ?? 0n) * (forBonds[at] ?? 0n) * ONE) / sum
    return (alpha * bought + (ONE - alpha) * oldBond) / ONE
  })
}

function dividendsOf(
  weights: readonly Weight[],
  bonds: readonly bigint[],
  incentive: readonly number[],
): readonly number[] {
  const rewards = incentive.map(() => 0n)
  weights.forEach(({ from, to }, at) => {
    rewards[from] = (rewards[from] ?? 0n) + (bonds[at] ?? 0n) * BigInt(incentive[to] ?? 0)
  })
  return sharesOf(rewards)
}

function smaller(one: bigint, other: bigint): bigint {
  return one < other ? one : other
}
