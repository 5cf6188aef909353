import type { SequenceBlock } from '../rehearsal/blockSequence.ts'
import type { Sweep } from './sweep.ts'
import type { SweptBlock } from './sweptBlock.ts'

/** Work that was due and not done. */
export interface MissedUnit {
  readonly unit: string
  /** The first block without the upgrade that did it. */
  readonly ranIn: number
  /** Blocks under the candidate that were looked at. */
  readonly blocks: number
}

/**
 * Units that run without the upgrade, are still due under the candidate, and leave no trace in a whole period. A unit that
 * stopped the chain is not among them, nor one whose trace is not known in both runtimes.
 */
export function missedUnits({ blocks, due, dueBefore }: Sweep): readonly MissedUnit[] {
  return due.flatMap(({ unit, trace, periodBlocks }) => {
    const traceBefore = dueBefore.find((before) => before.unit === unit)?.trace
    if (trace === null || traceBefore === undefined || traceBefore === null) return []
    const seen = blocks.filter((swept) => isAbout(swept, unit))
    if (seen.some(({ candidate }) => candidate.result.kind === 'failed')) return []
    const ran = seen.find(({ control }) => control !== null && hasWritten(control, traceBefore))
    if (ran === undefined || seen.some(({ candidate }) => hasWritten(candidate, trace))) return []
    const isWhole =
      seen.length >= periodBlocks ||
      seen.some(({ reached, units }) => reached === 'jump' && units.includes(unit))
    return isWhole ? [{ unit, ranIn: ran.number, blocks: seen.length }] : []
  })
}

function isAbout({ reached, units }: SweptBlock, unit: string): boolean {
  return reached === 'inOrder' || units.includes(unit)
}

function hasWritten({ result }: SequenceBlock, key: string): boolean {
  return result.kind === 'built' && result.head.state.changes.has(key)
}
