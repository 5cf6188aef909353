import { createSeededRandom } from '../../../harness/base/seededRandom.ts'
import type { ConsensusInput } from '../abi/index.ts'

/**
 * A new place for each of `n` neurons.
 *
 * @param variation 0 reverses, 1 moves all by one, 2 exchanges the first two; every other one is random.
 */
export function permutation(n: number, variation: number): readonly number[] {
  const all = Array.from({ length: n }, (_, i) => i)
  if (variation === 0) return all.toReversed()
  if (variation === 1) return all.map((i) => (i + 1) % n)
  if (variation === 2 && n > 1) return [1, 0, ...all.slice(2)]
  return createSeededRandom(variation).sample(all, n)
}

/** The same neurons in other places: neuron `i` becomes `to[i]`, and so do the weights on it. */
export function permuteInput(input: ConsensusInput, to: readonly number[]): ConsensusInput {
  return {
    ...input,
    neurons: permuted(input.neurons, to).map((neuron) => ({
      ...neuron,
      row: neuron.row.map((cell) => ({ ...cell, uid: to[cell.uid] ?? cell.uid })),
    })),
  }
}

/** Item `i` at place `to[i]`. */
export function permuted<T>(items: readonly T[], to: readonly number[]): readonly T[] {
  const result = [...items]
  items.forEach((item, i) => {
    result[to[i] ?? i] = item
  })
  return result
}
