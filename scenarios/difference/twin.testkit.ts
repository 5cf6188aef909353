import { Fork } from '../../harness/chain/fork.ts'
import { parseRuntimeBlob, type RuntimeBlob } from '../../harness/runtime/blob/index.ts'
import { V8Executor } from '../../harness/runtime/v8/v8Executor.ts'
import { demoRuntime, openDemoChain } from '../demo/chain/index.ts'
import { StateRun } from './state/stateRun.ts'
import { Twin } from './twin/twin.ts'

const SMALL = { accounts: 20, subnets: 4, uids: 8 }
/** v2 has migrated after so many blocks of a small chain. */
const SETTLING_BLOCKS = 4

/** The demo chain, small, under v1. */
export async function smallFork(): Promise<Fork> {
  const { store } = await openDemoChain(SMALL)
  return Fork.open({ store, executor: new V8Executor({ clock: { nowMs: () => performance.now() } }) })
}

/** A twin of the fork at its start. */
export function twinOf(fork: Fork, candidate: string | RuntimeBlob): Promise<Twin> {
  const blob = typeof candidate === 'string' ? parseRuntimeBlob(demoRuntime(candidate)) : candidate
  return Twin.start(fork, blob)
}

/** A twin whose candidate has migrated. */
export async function settledTwinOf(fork: Fork, candidate: string | RuntimeBlob): Promise<Twin> {
  const run = new StateRun(await twinOf(fork, candidate))
  await run.advanceTo(SETTLING_BLOCKS, { signal: neverAborted() })
  if (run.settled === null) throw new Error('the migrations do not finish')
  return run.settled
}

export function neverAborted(): AbortSignal {
  return new AbortController().signal
}
