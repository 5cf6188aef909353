import { costAt, fitCostLaw } from '../../consensus/campaign/costLaw.ts'
import type { Program } from '../decode/index.ts'
import { denseShape, walkShape } from '../shapes/index.ts'
import type { WalkOptions } from '../walk/index.ts'
import type { FittedLaw } from './proofResult.ts'

/** Equally spaced, so that exact differences show a polynomial; one more than a cubic law needs. */
const SIZES: readonly number[] = [8, 16, 24, 32, 40]
const ROW_LENGTH = 8

/**
 * How the bound grows with n, rows of 8: a polynomial when its differences vanish exactly, else a power law. Fitted, and not
 * proved between the sizes or beyond. Null when one of the sizes has no bound.
 */
export function fitBoundLaw(
  program: Program,
  options: { readonly walk: Partial<WalkOptions>; readonly largest: number },
): FittedLaw | null {
  const sizes: { n: number; bound: number }[] = []
  for (const n of SIZES) {
    const { end, alarms } = walkShape(program, denseShape(n, ROW_LENGTH), options.walk)
    if (end === null || alarms.some(({ kind }) => UNBOUNDED.has(kind))) return null
    sizes.push({ n, bound: end.cost })
  }
  const law = fitCostLaw(sizes.map(({ n, bound }) => ({ n, fuel: bound })))
  if (law === null) return null
  const { formula, kind, degree } = law
  const atLargest = { n: options.largest, instructions: costAt(law, options.largest) }
  return { rowLength: ROW_LENGTH, sizes, formula, kind, degree, atLargest }
}

const UNBOUNDED: ReadonlySet<string> = new Set(['loop without bound', 'endless loop', 'calls too deep'])
