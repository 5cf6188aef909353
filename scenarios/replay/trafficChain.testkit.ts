import { type Block, type ChainHead, Fork } from '../../harness/chain/index.ts'
import { type ChainInput, devAccount } from '../../harness/codec/index.ts'
import type { Executor } from '../../harness/runtime/executor.ts'
import type { Store } from '../../harness/state/store/store.ts'
import { openDemoChain } from '../demo/chain/index.ts'

/** A chain with traffic, as a node would have it. */
export interface TrafficChain {
  /** Genesis state; the caller's to close. */
  readonly store: Store
  readonly genesis: ChainHead
  readonly blocks: readonly Block[]
}

type Call = readonly [pallet: string, call: string, args: ChainInput]

/** Calls of block `number`: some succeed, one fails for its origin, one for its balance. */
function callsOf(number: number): readonly (readonly [path: string, call: Call])[] {
  const dest = devAccount('//Charlie').address
  const calls: (readonly [string, Call])[] = [
    ['//Alice', ['Balances', 'transfer_keep_alive', { dest, value: 1_000_000 + number }]],
    ['//Bob', ['System', 'remark', { remark: `0x${'ab'.repeat(number)}` }]],
  ]
  if (number % 3 === 0) {
    calls.push(['//Bob', ['Balances', 'transfer_keep_alive', { dest, value: 10n ** 18n }]])
  }
  if (number % 4 === 2)
    calls.push(['//Alice', ['SubtensorModule', 'sudo_set_tempo', { netuid: 1, tempo: 5 }]])
  return calls
}

/** The demo chain with `count` blocks of signed extrinsics. */
export async function buildTrafficChain(executor: Executor, count: number): Promise<TrafficChain> {
  const { store } = await openDemoChain({ accounts: 100, subnets: 3, uids: 16 })
  const fork = await Fork.open({ store, executor })
  const { codec, version } = await fork.context()
  const genesis = fork.head
  const nonces = new Map<string, number>()
  const blocks: Block[] = []
  for (let number = 1; number <= count; number++) {
    const extrinsics = callsOf(number).map(([path, [pallet, name, args]]) => {
      const nonce = nonces.get(path) ?? 0
      nonces.set(path, nonce + 1)
      const call = codec.encodeCall(pallet, name, args)
      return codec.signExtrinsic({
        call,
        signer: devAccount(path),
        nonce,
        genesisHash: genesis.hash,
        ...version,
      })
    })
    const built = await fork.buildBlock({ extrinsics })
    if (built.kind === 'failed') throw new Error(built.message)
    if (built.dropped.length > 0) throw new Error(built.dropped.map(({ message }) => message).join('; '))
    blocks.push(built.block)
  }
  return { store, genesis, blocks }
}
