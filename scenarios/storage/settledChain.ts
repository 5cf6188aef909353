import type { ChainHead } from '../../harness/chain/block.ts'
import type { RuntimeContext } from '../../harness/chain/runtimeContext.ts'
import { defineStep } from '../check/step.ts'
import { settlingStep } from '../migrations/settle.ts'
import { rehearsedBlocks } from '../rehearsal/rehearsal.ts'

/** Where the chain stands once the upgrade has come to rest. */
export interface SettledChain {
  readonly head: ChainHead
  /** Whose state it is: the candidate. */
  readonly runtime: RuntimeContext
}

/**
 * The chain once migrations are done, or after the last block that the rehearsal could build, whichever is later; null when the
 * upgrade failed.
 */
export const settledChain = defineStep(
  'the chain after the migrations',
  async (run): Promise<SettledChain | null> => {
    const [settling, blocks] = [await run.get(settlingStep), await run.get(rehearsedBlocks)]
    const last = blocks.findLast(({ result }) => result.kind === 'built')
    if (last?.result.kind !== 'built') return null
    const { head } = last.result
    return head.number >= settling.head.number ? { head, runtime: last.runtime } : settling
  },
)
