import { decodeAddress } from '@polkadot/util-crypto'
import { buildBlock } from '../../../harness/chain/build/blockBuilder.ts'
import type { Fork } from '../../../harness/chain/fork.ts'
import type { RuntimeBlob } from '../../../harness/runtime/blob/index.ts'
import { fundingChanges } from '../../governance/dispatch.ts'
import type { Difference } from '../difference.ts'
import { StateRun } from '../state/stateRun.ts'
import { Twin } from '../twin/twin.ts'
import { type KnownCall, signedCases } from './findCalls.ts'
import { encodeInOrder } from './userBlocks.ts'

export interface UsedChainOptions {
  /** Before the upgrade; left as it is. */
  readonly fork: Fork
  readonly candidate: RuntimeBlob
  readonly calls: readonly KnownCall[]
  readonly signal: AbortSignal
}

/** Blocks after the upgrade: its migrations, and what they break soon. */
const BLOCKS = 8

/**
 * The upgrade of a chain that was used just before: every call that somebody signs was made once under the runtime on chain, so
 * that there are proxies, multisigs, nonces and the like for migrations to meet. Empty when no such block can be built.
 */
export async function compareUsedChain(options: UsedChainOptions): Promise<readonly Difference[]> {
  const { fork, candidate, calls, signal } = options
  const cases = signedCases(calls)
  const chain = fork.branch()
  const context = await chain.context()
  const runtime = { ...context, callOptions: { ...context.callOptions, signatures: 'accept' } } as const
  const accounts = new Set(cases.flatMap(({ origin }) => (origin.kind === 'signed' ? [origin.account] : [])))
  const funds = [...accounts].flatMap((account) => [
    ...(fundingChanges(runtime, chain.head, decodeAddress(account)) ?? []),
  ])
  chain.setStorage(new Map(funds), 'signers were given money')
  const extrinsics = encodeInOrder({ runtime, head: chain.head }, cases)
  const used = await buildBlock(runtime, chain.head, { extrinsics })
  if (used.kind === 'failed') return []
  const run = new StateRun(await Twin.start(chain.at(used.head), candidate))
  await run.advanceTo(BLOCKS, { signal })
  return run.differences()
}
