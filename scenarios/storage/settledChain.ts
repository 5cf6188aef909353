import type { ChainHead } from '../../harness/chain/block.ts'
import type { RuntimeContext } from '../../harness/chain/runtimeContext.ts'
import type { CheckContext } from '../check.ts'

/** Where the chain stands once the upgrade has come to rest. */
export interface SettledChain {
  readonly head: ChainHead
  /** Whose state it is: the candidate. */
  readonly runtime: RuntimeContext
}

/** The chain after the last block of the rehearsal that came about; null when the upgrade did not go through. */
export async function settledChain({ rehearsal }: CheckContext): Promise<SettledChain | null> {
  const last = (await rehearsal.blocks()).findLast(({ result }) => result.kind === 'built')
  return last?.result.kind === 'built' ? { head: last.result.head, runtime: last.runtime } : null
}
