import type { ConsensusInput, ConsensusOutput } from '../abi/index.ts'
import { countedCells } from '../reference/index.ts'
import { difference } from './comparisons.ts'
import { type ConsensusProperty, outputOf } from './property.ts'

/**
 * The function answers as a reference does. Held to only on inputs that descriptions cover: rows that name neurons which exist,
 * each once, and never oneself. What to make of others is the function's own choice.
 */
export function agreement(
  name: string,
  reference: (input: ConsensusInput) => ConsensusOutput,
): ConsensusProperty {
  return {
    id: 'reference',
    title: `The function does not answer as ${name} does`,
    check: (_, { input, result }) => {
      const output = outputOf(result)
      if (output === null || !isWellFormed(input)) return null
      return difference(reference(input), output, (place, found, wanted) => {
        return `${place} is ${found}; ${name} gives ${wanted}.`
      })
    },
  }
}

export function isWellFormed(input: ConsensusInput): boolean {
  return countedCells(input).every((row) => row.every((counts) => counts))
}
