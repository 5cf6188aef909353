import type { DueEpoch } from '../check/chainProfile.ts'
import type { CheckContext } from '../check/check.ts'
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

/** Run once for all checks that look at it. Null when there is no migration block. */
export function sweepOf(context: CheckContext): Promise<Sweep | null> {
  return context.rehearsal.once('sweep', async () => {
    const walk = await walkBlocks(context)
    if (walk === null) return null
    const jumps = await jumpToUnits(context, walk)
    const { blocks, sessions, eras } = await crossBoundaries(context, walk)
    const [before] = walk.control
    return {
      blocks: [...walk.blocks, ...jumps, ...blocks],
      due: walk.due,
      dueBefore: before === undefined ? [] : dueAfter(context, before),
      sessions,
      eras,
    }
  })
}
