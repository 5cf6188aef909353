import { createSeededRandom } from '../../harness/base/seededRandom.ts'

/** Where chance comes from: a campaign with the same seed makes the same choices. */
export interface Rng {
  /** An integer from 0 to `below` - 1; `below` up to 2^32. */
  int(below: number): number
}

/** The generator of a campaign. */
export function createRng(seed: number): Rng {
  return { int: createSeededRandom(seed).below }
}

/** True once in a while: with probability `percent` in a hundred. */
export function chance(rng: Rng, percent: number): boolean {
  return rng.int(100) < percent
}

/** An element; throws `RangeError` for an empty list. */
export function pick<T>(rng: Rng, list: readonly T[]): T {
  const index = rng.int(list.length)
  if (index >= list.length) throw new RangeError('there is nothing to pick from')
  // SAFETY: the index is within the list.
  return list[index] as T
}
