import type { ConsensusOutput } from '../abi/index.ts'
import { type ConsensusProperty, outputOf, type Violation } from './property.ts'

const ONE = 65_535

/** What the numbers of one output have to be. */
export const SUMS: readonly ConsensusProperty[] = [
  sharesProperty('incentive', 'Incentives do not pay the emission out'),
  sharesProperty('dividends', 'Dividends do not pay the emission out'),
  {
    id: 'permits',
    title: 'Permits are not what the parameters allow',
    check: (_, { input, result }) => {
      const permits = outputOf(result)?.permits ?? []
      const odd = permits.find((permit) => permit > 1)
      if (odd !== undefined) return { message: `A permit is ${odd}; it has to be 0 or 1.`, site: 'value' }
      const given = permits.filter((permit) => permit === 1).length
      return given > input.maxValidators
        ? { message: `${given} neurons have a permit; at most ${input.maxValidators} may.`, site: 'number' }
        : null
    },
  },
]

/**
 * An emission is paid out by these shares: a sum above one pays more than there is, and one below it, by more than each
 * neuron's rounding, loses some. All zero means that nobody has earned anything.
 */
function sharesProperty(name: 'incentive' | 'dividends', title: string): ConsensusProperty {
  return {
    id: name,
    title,
    check: (_, { input, result }) => {
      const output = outputOf(result)
      return output === null ? null : checkShares(output, name, input.neurons.length)
    },
  }
}

function checkShares(output: ConsensusOutput, name: 'incentive' | 'dividends', n: number): Violation | null {
  const sum = output[name].reduce((total, share) => total + share, 0)
  if (sum === 0 || (sum <= ONE && sum >= ONE - n)) return null
  return sum > ONE
    ? { message: `The ${name} sum to ${sum}; more than 65,535 pays more than the emission.`, site: 'above' }
    : { message: `The ${name} sum to ${sum}; below ${ONE - n}, emission is lost.`, site: 'below' }
}
