import type { ChainHead } from '../../harness/chain/block.ts'
import type { RuntimeContext } from '../../harness/chain/runtimeContext.ts'
import type { CheckContext } from '../check/check.ts'
import { settle } from '../migrations/settle.ts'

/** Where the chain stands once the upgrade has come to rest. */
export interface SettledChain {
  readonly head: ChainHead
  /** Whose state it is: the candidate. */
  readonly runtime: RuntimeContext
}

/**
 * The chain once migrations are done, or after the last block of the rehearsal that came about, whichever is later; null when the
 * upgrade did not go through.
 */
export async function settledChain(context: CheckContext): Promise<SettledChain | null> {
  const [settling, blocks] = [await settle(context), await context.rehearsal.blocks()]
  const last = blocks.findLast(({ result }) => result.kind === 'built')
  if (last?.result.kind !== 'built') return null
  const { head } = last.result
  return head.number >= settling.head.number ? { head, runtime: last.runtime } : settling
}
