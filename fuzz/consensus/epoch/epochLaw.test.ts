import { describe, expect, it } from 'vitest'
import { fitEpochLaw } from './epochLaw.ts'

const SHAPES = [
  [16, 120],
  [32, 496],
  [64, 2016],
  [128, 8128],
  [256, 16_320],
  [1024, 65_472],
] as const
const points = (fuel: (n: number, weights: number) => number) =>
  SHAPES.map(([n, weights]) => ({ n, weights, fuel: fuel(n, weights) }))

describe('fitEpochLaw', () => {
  it('finds the coefficients that made the counts', () => {
    const law = fitEpochLaw(points((n, weights) => 1000 + 50 * n + 2 * n * n + 300 * weights))
    expect(law?.formula).toBe('1000 + 50.00 n + 2.00 n^2 + 300.00 w')
    expect(law?.worstError).toBeLessThan(1e-6)
  })

  it('says how far a count is from the law', () => {
    const off = points((n, weights) => 1000 + 50 * n + 300 * weights)
    const law = fitEpochLaw(off.map((point, i) => (i === 2 ? { ...point, fuel: point.fuel * 1.2 } : point)))
    expect(law?.worstError).toBeGreaterThan(0.05)
  })

  it('needs a point more than it has coefficients', () => {
    expect(fitEpochLaw(points(() => 1).slice(0, 4))).toBeNull()
  })
})
