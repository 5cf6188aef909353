import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { costAt, fitCostLaw } from './costLaw.ts'

const SIZES = [32, 64, 96, 128, 160, 192]
const points = (fuel: (n: number) => number, sizes = SIZES) => sizes.map((n) => ({ n, fuel: fuel(n) }))

describe('fitCostLaw', () => {
  it('reads a polynomial off exact differences, and it holds far away', () => {
    const coefficient = fc.nat({ max: 100_000 })
    fc.assert(
      fc.property(coefficient, coefficient, coefficient, fc.nat({ max: 500 }), (a, b, c, d) => {
        const fuel = (n: number) => a + b * n + c * n ** 2 + d * n ** 3
        const law = fitCostLaw(points(fuel))
        expect(law?.kind).toBe('polynomial')
        const at = law === null ? 0 : costAt(law, 4096)
        expect(Math.abs(at - fuel(4096)) / (1 + fuel(4096))).toBeLessThan(1e-6)
      }),
      { seed: 2, numRuns: 100 },
    )
  })

  it('writes it as a formula', () => {
    expect(fitCostLaw(points((n) => 695 + 11_176.5 * n))).toMatchObject({
      degree: 1,
      formula: '695 + 11176.5 n',
    })
    expect(fitCostLaw(points(() => 5))).toMatchObject({ degree: 0, formula: '5' })
  })

  it('takes a power law when one count is off, or the degree is too high to check', () => {
    const off = points((n) => 100 * n).map((point, i) =>
      i === 3 ? { ...point, fuel: point.fuel + 1 } : point,
    )
    expect(fitCostLaw(off)).toMatchObject({ kind: 'power' })
    const quartic = fitCostLaw(points((n) => n ** 4))
    expect(quartic?.kind).toBe('power')
    expect(quartic?.degree).toBeCloseTo(4, 9)
  })

  it('needs two points, and one more than a polynomial has coefficients', () => {
    expect(fitCostLaw(points((n) => n, [32]))).toBeNull()
    expect(fitCostLaw(points((n) => n ** 2, [32, 64, 96]))).toMatchObject({ kind: 'power' })
    expect(fitCostLaw(points((n) => n ** 2, [32, 64, 96, 128]))).toMatchObject({
      kind: 'polynomial',
      degree: 2,
    })
  })
})
