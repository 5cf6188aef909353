import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { ConsensusInput } from '../abi/index.ts'
import { consensusInputs } from '../inputs/index.ts'
import { exactYuma } from './exactYuma.testkit.ts'
import { Fraction, sum, ZERO } from './fraction.testkit.ts'
import { yuma } from './yuma.ts'

const RUNS = { numRuns: 300, seed: 16 }
const ONE = 65_535
const U32 = 2n ** 32n

const wellFormed = consensusInputs({ maxN: 5, wellFormed: true })
/** Stakes that the fixed point need not scale down. */
const smallStakes = wellFormed.map((input) => ({
  ...input,
  neurons: input.neurons.map((neuron) => ({ ...neuron, stake: neuron.stake % U32 })),
}))

/** A number known to lie between two others. */
interface Between {
  readonly low: Fraction
  readonly high: Fraction
}

const part = (units: number) => new Fraction(units, ONE)

/** Holds when `units / 65535`, rounded down by less than one unit, can be a number in the interval. */
function isWithin(units: number, { low, high }: Between): boolean {
  return part(units + 1).atLeast(low) && high.atLeast(part(units))
}

describe('yuma, in fixed point, against the exact one', () => {
  it('gives the same permits and, rounded down, the same consensus', () => {
    fc.assert(
      fc.property(smallStakes, (input) => {
        const [fixed, exact] = [yuma(input), exactYuma(input)]
        expect(fixed.permits).toEqual(exact.permits.map(Number))
        expect(fixed.consensus).toEqual(
          exact.consensus.map((level) => Number(level.times(new Fraction(ONE)).floor())),
        )
      }),
      RUNS,
    )
  })

  it('gives incentives within what the rounding of weights can change', () => {
    let compared = 0
    fc.assert(
      fc.property(smallStakes, (input) => {
        const [fixed, exact] = [yuma(input), exactYuma(input)]
        const interval = incentiveIntervals(input)
        fixed.incentive.forEach((units, j) => {
          const between = interval(j)
          if (between === null) return
          compared++
          expect(
            isWithin(units, between),
            `neuron ${j}: ${units}, exactly ${exact.incentive[j]?.floor()}`,
          ).toBe(true)
        })
      }),
      RUNS,
    )
    expect(compared).toBeGreaterThan(200)
  })

  it('gives bonds within what the rounding of weights can change', () => {
    let compared = 0
    fc.assert(
      fc.property(smallStakes, (input) => {
        const fixed = yuma(input)
        const interval = bondIntervals(input)
        input.neurons.forEach((neuron, i) => {
          neuron.row.forEach(({ uid }, k) => {
            compared++
            const units = fixed.bonds[i]?.[k] ?? -1
            expect(isWithin(units, interval(i, uid))).toBe(true)
          })
        })
      }),
      RUNS,
    )
    expect(compared).toBeGreaterThan(300)
  })

  it('gives dividends close to the exact rewards, as parts of their sum', () => {
    let compared = 0
    fc.assert(
      fc.property(smallStakes, (input) => {
        const [fixed, exact] = [yuma(input), exactYuma(input)]
        const all = sum(exact.rewards)
        // A reward is a sum of at most n products of a bond and an incentive, each of which may be some units off.
        const interval = incentiveIntervals(input)
        const off = new Fraction(40, ONE)
        if (
          interval(0) === null ||
          !all.atLeast(new Fraction(1, 4)) ||
          !exact.clippedSum.atLeast(new Fraction(1, 16))
        )
          return
        fixed.dividends.forEach((units, i) => {
          compared++
          const share = (exact.rewards[i] ?? ZERO).over(all)
          const low = share.minus(off.over(all))
          expect(isWithin(units, { low, high: share.plus(off.over(all)) })).toBe(true)
        })
      }),
      RUNS,
    )
    expect(compared).toBeGreaterThan(100)
  })

  it('keeps to 65,535 whatever the stakes', () => {
    fc.assert(
      fc.property(consensusInputs(), (input) => {
        const { incentive, dividends, permits } = yuma(input)
        for (const shares of [incentive, dividends]) {
          const total = shares.reduce((before, share) => before + share, 0)
          expect(total === 0 || (total <= ONE && total >= ONE - input.neurons.length)).toBe(true)
        }
        expect(permits.filter(Boolean).length).toBeLessThanOrEqual(input.maxValidators)
      }),
      RUNS,
    )
  })
})

describe('the comparison itself', () => {
  const input: ConsensusInput = {
    kappa: 32_767,
    alpha: ONE,
    maxValidators: 3,
    bondsPenalty: ONE,
    neurons: [
      { stake: 60n, active: 1, row: [{ uid: 2, weight: 100, bond: 0 }] },
      {
        stake: 40n,
        active: 1,
        row: [
          { uid: 2, weight: 50, bond: 0 },
          { uid: 0, weight: 50, bond: 0 },
        ],
      },
      { stake: 0n, active: 1, row: [] },
    ],
  }

  it('is of numbers that can be checked by hand', () => {
    // 60 % of the stake gives neuron 2 everything; nobody but the 40 % gives neuron 0 anything, which is less than kappa.
    const exact = exactYuma(input)
    expect(exact.consensus.map((level) => level.times(new Fraction(100)).floor())).toEqual([0n, 0n, 100n])
    expect(yuma(input)).toEqual({
      consensus: [0, 0, ONE],
      incentive: [0, 0, ONE],
      dividends: [49_151, 16_383, 0],
      permits: [1, 1, 0],
      bonds: [[49_151], [16_383, 0], []],
    })
  })

  it('rejects an incentive that is two units off', () => {
    const between = incentiveIntervals(input)(2)
    if (between === null) throw new Error('the interval is known')
    expect(isWithin(ONE, between)).toBe(true)
    expect(isWithin(ONE - 3, between)).toBe(false)
  })
})

/** What an incentive can be when each clipped weight is up to a unit less than the exact one; null when ranks are that small. */
function incentiveIntervals(input: ConsensusInput): (j: number) => Between | null {
  const exact = exactYuma(input)
  const n = new Fraction(input.neurons.length)
  const unit = new Fraction(1, ONE)
  const lowestSum = exact.clippedSum.minus(n.times(unit))
  return (j) => {
    if (!lowestSum.atLeast(unit)) return null
    const rank = (exact.incentive[j] ?? ZERO).times(exact.clippedSum)
    // Ranks are scaled to 32 bits, which takes at most a 2^31st of the largest.
    const scaled = new Fraction(1, 2n ** 31n)
    return {
      low: rank.minus(unit).over(exact.clippedSum).minus(scaled),
      high: rank.over(lowestSum).plus(scaled),
    }
  }
}

/** What a bond can be when each weight for bonds is up to two units less than the exact one, and two steps round down. */
function bondIntervals(input: ConsensusInput): (i: number, j: number) => Between {
  const exact = exactYuma(input)
  const alpha = part(input.alpha)
  const one = new Fraction(1)
  const two = part(2)
  return (i, j) => {
    const stake = (k: number) => exact.stakes[k] ?? ZERO
    const staked = (k: number) => stake(k).times(exact.forBonds[k]?.[j] ?? ZERO)
    const all = input.neurons.map((_, k) => k)
    const column = sum(all.map(staked))
    const bond = exact.bonds[i]?.[j] ?? ZERO
    if (column.isZero) return { low: bond.minus(part(1)), high: bond }
    const bought = staked(i).over(column)
    const lowest = staked(i).minus(stake(i).times(two)).over(column)
    const others = column.minus(sum(all.map(stake)).times(two))
    const highest = others.numerator > 0n ? staked(i).over(others) : one
    const change = (to: Fraction) => bond.plus(alpha.times(to.minus(bought)))
    return {
      low: change(lowest.atLeast(ZERO) ? lowest : ZERO).minus(part(1)),
      high: change(one.atLeast(highest) ? highest : one),
    }
  }
}
