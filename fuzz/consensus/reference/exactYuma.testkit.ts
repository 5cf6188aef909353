import type { ConsensusInput } from '../abi/index.ts'
import { Fraction, sum, ZERO } from './fraction.testkit.ts'

/** Dense matrices and vectors of exact numbers between 0 and 1; `[validator][server]`. */
export interface ExactYuma {
  readonly permits: readonly boolean[]
  readonly stakes: readonly Fraction[]
  readonly consensus: readonly Fraction[]
  readonly clippedSum: Fraction
  readonly incentive: readonly Fraction[]
  readonly forBonds: readonly (readonly Fraction[])[]
  readonly bonds: readonly (readonly Fraction[])[]
  /** Before the rewards are scaled to sum to one. */
  readonly rewards: readonly Fraction[]
}

const ONE = 65_535

/**
 * Yuma without rounding, straight from the equations of the description, over dense matrices: slow, and different in every
 * step from the fixed-point reference that it is there to judge. For inputs whose rows name each neuron at most once.
 *
 * @see https://github.com/opentensor/subtensor/blob/039804a1ce91e7feea94b4221839f77d3df02720/docs/consensus.md
 */
export function exactYuma(input: ConsensusInput): ExactYuma {
  const { neurons } = input
  const all = neurons.map((_, i) => i)
  const matrix = (value: (i: number, j: number) => Fraction) => all.map((i) => all.map((j) => value(i, j)))
  const at = (values: readonly (readonly Fraction[])[], i: number, j: number) => values[i]?.[j] ?? ZERO

  const permits = neurons.map(
    ({ stake }) =>
      stake > 0n && neurons.filter((other) => other.stake >= stake).length <= input.maxValidators,
  )
  const raw = neurons.map(({ stake, active }, i) => new Fraction(permits[i] && active !== 0 ? stake : 0n))
  const stakes = normalized(raw)
  const cell = (i: number, j: number) => (i === j ? undefined : neurons[i]?.row.find(({ uid }) => uid === j))
  const weights = all.map((i) => normalized(all.map((j) => new Fraction(cell(i, j)?.weight ?? 0))))

  const kappa = new Fraction(input.kappa, ONE)
  const consensus = all.map((j) => {
    const support = (level: Fraction) =>
      sum(all.map((i) => (at(weights, i, j).atLeast(level) ? (stakes[i] ?? ZERO) : ZERO)))
    const levels = all.map((i) => at(weights, i, j)).filter((level) => !level.isZero)
    const supported = levels.filter((level) => {
      const reached = support(level)
      return !reached.isZero && reached.atLeast(kappa)
    })
    return supported.reduce((best, level) => (level.atLeast(best) ? level : best), ZERO)
  })
  const clipped = matrix((i, j) => {
    const [weight, most] = [at(weights, i, j), consensus[j] ?? ZERO]
    return weight.atLeast(most) ? most : weight
  })
  const ranks = all.map((j) => sum(all.map((i) => (stakes[i] ?? ZERO).times(at(clipped, i, j)))))
  const incentive = normalized(ranks)

  const penalty = new Fraction(input.bondsPenalty, ONE)
  const alpha = new Fraction(input.alpha, ONE)
  const one = new Fraction(1)
  const forBonds = matrix((i, j) =>
    one
      .minus(penalty)
      .times(at(weights, i, j))
      .plus(penalty.times(at(clipped, i, j))),
  )
  const staked = matrix((i, j) => (stakes[i] ?? ZERO).times(at(forBonds, i, j)))
  const bonds = matrix((i, j) => {
    const column = sum(all.map((k) => at(staked, k, j)))
    const bought = column.isZero ? ZERO : at(staked, i, j).over(column)
    const old = new Fraction(cell(i, j)?.bond ?? 0, ONE)
    return cell(i, j) === undefined ? ZERO : alpha.times(bought).plus(one.minus(alpha).times(old))
  })
  const rewards = all.map((i) => sum(all.map((j) => at(bonds, i, j).times(incentive[j] ?? ZERO))))
  return { permits, stakes, consensus, clippedSum: sum(ranks), incentive, forBonds, bonds, rewards }
}

/** Divided by their sum; all zero when it is. */
function normalized(values: readonly Fraction[]): readonly Fraction[] {
  const total = sum(values)
  return values.map((value) => (total.isZero ? ZERO : value.over(total)))
}
