import type { ConsensusProperty } from './property.ts'

/** How a run may not end, and what it may not leave behind: seen in the run itself. */
export const ENDINGS: readonly ConsensusProperty[] = [
  {
    id: 'trap',
    title: 'The function ends in a trap',
    check: (_, { result }) =>
      result.kind === 'trapped'
        ? {
            message: `The run ends with "${result.message}"${callChain(result.stack)}.`,
            site: `${result.reason} ${distinct(result.stack).join(' ')}`,
          }
        : null,
  },
  {
    id: 'time',
    title: 'The function runs too long',
    check: (_, { result }) =>
      result.kind === 'fuelLimit'
        ? { message: `The run passes its limit of ${result.limit} instructions.`, site: 'limit' }
        : null,
  },
  {
    id: 'room',
    title: 'There is no room for the inputs',
    check: (_, { result }) =>
      result.kind === 'noRoom'
        ? { message: `\`alloc\` has no room for ${result.blockBytes} bytes.`, site: 'alloc' }
        : null,
  },
  {
    id: 'abi',
    title: 'The module does not keep to the ABI',
    check: (_, { result }) => (result.kind === 'abiBroken' ? { message: result.message, site: 'abi' } : null),
  },
  {
    id: 'regions',
    title: 'The function writes outside its regions',
    check: (_, { result }) => {
      if (result.kind !== 'returned' || result.strayWrite === null) return null
      const { where, offset } = result.strayWrite
      return { message: `The run changes ${where}, at byte ${offset}.`, site: where }
    },
  },
]

function callChain(stack: readonly string[]): string {
  return stack.length === 0 ? '' : ` in ${distinct(stack).toReversed().join(' > ')}`
}

/** Recursion shows each function once. */
function distinct(stack: readonly string[]): readonly string[] {
  return [...new Set(stack)]
}
