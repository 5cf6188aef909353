import { type ConsensusInput, type ConsensusOutput, shapeOf } from '../abi/index.ts'
import { permutation, permuted, permuteInput } from './permuteInput.ts'
import { type ConsensusProperty, outputOf, type Subject, type Trial, type Violation } from './property.ts'

const OTHER_SEEDS = [0, 0x5eed, 0x7fff_ffff]

/** What two runs of the function have to agree on. */
export const COMPARISONS: readonly ConsensusProperty[] = [
  {
    id: 'arbitraryBytes',
    title: 'Outputs depend on bytes that mean nothing',
    check: (trial, subject) => {
      const seed = OTHER_SEEDS[subject.variation % OTHER_SEEDS.length] ?? 0
      return compareRuns(trial, subject, { seed }, 'with other bytes in scratch, outputs and unused cells')
    },
  },
  {
    id: 'capacity',
    title: 'Outputs depend on the room that arrays have',
    check: (trial, subject) =>
      compareRuns(trial, subject, { shape: shapeOf(subject.input) }, 'in arrays without room to spare'),
  },
  {
    id: 'memory',
    title: 'Memory depends on values',
    check: (trial, { input, result }) => {
      const other = trial.run(withoutValues(input))
      return result.kind === 'returned' && other.kind === 'returned' && result.pages !== other.pages
        ? {
            message: `The run needs ${result.pages} pages; as many neurons with nothing in them need ${other.pages}.`,
            site: 'pages',
          }
        : null
    },
  },
  {
    id: 'permutation',
    title: 'Neurons are not treated alike',
    check: (trial, { input, result, variation }) => {
      const before = outputOf(result)
      const to = permutation(input.neurons.length, variation)
      const after = outputOf(trial.run(permuteInput(input, to)))
      if (before === null || after === null) return null
      const wanted: ConsensusOutput = {
        consensus: permuted(before.consensus, to),
        incentive: permuted(before.incentive, to),
        dividends: permuted(before.dividends, to),
        permits: permuted(before.permits, to),
        bonds: permuted(before.bonds, to),
      }
      return difference(wanted, after, (place, found, value) => {
        return `${place} is ${found}, not ${value}, when neurons change places as ${JSON.stringify(to)}.`
      })
    },
  },
]

function compareRuns(
  trial: Trial,
  { input, result }: Subject,
  variant: Parameters<Trial['run']>[1],
  how: string,
): Violation | null {
  const before = outputOf(result)
  const other = trial.run(input, variant)
  if (before === null) return null
  if (other.kind !== 'returned') return { message: `The run does not return ${how}.`, site: other.kind }
  return difference(
    before,
    other.output,
    (place, found, value) => `${place} is ${found} ${how}, and ${value} else.`,
  )
}

/** As many neurons, in arrays as large, and nothing in them. */
function withoutValues(input: ConsensusInput): ConsensusInput {
  return { ...input, neurons: input.neurons.map(() => ({ stake: 0n, active: 0, row: [] })) }
}

/** Says what a value is, and what it should be. */
export type SayDifference = (place: string, found: number | undefined, wanted: number) => string

/** The first value that two outputs disagree on; null when they agree. */
export function difference(
  wanted: ConsensusOutput,
  found: ConsensusOutput,
  say: SayDifference,
): Violation | null {
  for (const name of ['consensus', 'incentive', 'dividends', 'permits'] as const) {
    for (const [i, value] of wanted[name].entries()) {
      const other = found[name][i]
      if (value !== other) return { message: say(`${name}[${i}]`, other, value), site: name }
    }
  }
  for (const [i, row] of wanted.bonds.entries()) {
    for (const [k, value] of row.entries()) {
      const other = found.bonds[i]?.[k]
      if (value !== other) return { message: say(`bonds[${i}][${k}]`, other, value), site: 'bonds' }
    }
  }
  return null
}
