import type { DueEpoch } from '../check/chainProfile.ts'
import { defineNeed, defineStep } from '../check/step.ts'
import { NOT_UPGRADED } from '../rehearsal/rehearsal.ts'
import { crossBoundaries } from './sessions.ts'
import type { SweptBlock } from './sweptBlock.ts'
import { jumpToUnits } from './unitJumps.ts'
import { dueAfter, walkBlocks } from './walk.ts'

/** A whole period of everything that the chain does from time to time, with the candidate and without the upgrade. */
export interface Sweep {
  /** In order, then those that were jumped to. */
  readonly blocks: readonly SweptBlock[]
  /** What is due after the migration block, by the profile. */
  readonly due: readonly DueEpoch[]
  /** What was due before the upgrade; empty when the profile does not know the chain's work. */
  readonly dueBefore: readonly DueEpoch[]
  /** Sessions and eras that were ended; null where there are none. */
  readonly sessions: number | null
  readonly eras: number | null
}

/** The sweep; null when there is no migration block. */
const sweepStep = defineStep('the sweep over whole periods', async (run): Promise<Sweep | null> => {
  const walk = await walkBlocks(run)
  if (walk === null) return null
  const jumps = await jumpToUnits(run, walk)
  const { blocks, sessions, eras } = await crossBoundaries(run, walk)
  const [before] = walk.control
  return {
    blocks: [...walk.blocks, ...jumps, ...blocks],
    due: walk.due,
    dueBefore: before === undefined ? [] : dueAfter(run, before),
    sessions,
    eras,
  }
})

/** The sweep, for checks that look at its blocks. */
export const sweptBlocks = defineNeed<Sweep>('the sweep over whole periods', async (run) => {
  const sweep = await run.get(sweepStep)
  return sweep === null ? NOT_UPGRADED : { kind: 'there', value: sweep }
})
