import type { ChainHead } from '../../harness/chain/block.ts'
import { Fork } from '../../harness/chain/fork.ts'
import type { ChainCodec } from '../../harness/codec/index.ts'
import type { Executor } from '../../harness/runtime/executor.ts'
import type { ChainState } from '../../harness/state/chainState.ts'
import type { Changes } from '../../harness/state/stateView.ts'
import type { Store } from '../../harness/state/store/store.ts'

/** Our two executors; they outlive the cases. */
export interface OurExecutors {
  readonly thread: Executor
  readonly worker: Executor
}

export interface BenchChainOptions {
  readonly executors: OurExecutors
  /** A genesis state; the case that opens it closes it. */
  store(): Promise<Store>
  /** Put into the genesis state before block 1. */
  readonly prepare?: (codec: ChainCodec) => Changes
}

/** The same chain on both executors, at block 1. */
export interface BenchChain {
  readonly store: Store
  readonly genesis: ChainState
  readonly start: ChainHead
  readonly thread: Fork
  readonly worker: Fork
}

/** The start of a slot of 1, 2, 3, 4, 6 or 12 s: from there Chopsticks' next timestamp is ours. */
const FIRST_TIME_MS = 1_700_000_004_000n

/** Opens a chain from genesis and builds block 1, after which every side reads the same time from the state. */
export async function openBenchChain({ executors, store, prepare }: BenchChainOptions): Promise<BenchChain> {
  const opened = await store()
  const open = async (executor: Executor) => {
    const callOptions = { signatures: 'accept', maxLogLevel: 0 } as const
    const fork = await Fork.open({ store: opened, executor, callOptions })
    const { codec } = await fork.context()
    const now = codec.storageKey('Timestamp', 'Now')
    fork.setStorage(new Map([[now, codec.encodeValue('Timestamp', 'Now', FIRST_TIME_MS)]]), 'a first time')
    if (prepare !== undefined) fork.setStorage(prepare(codec), 'the state of the case')
    const genesis = fork.head.state
    const built = await fork.buildBlock()
    if (built.kind === 'failed') throw new Error(built.message)
    return { fork, genesis }
  }
  const { fork: thread, genesis } = await open(executors.thread)
  const { fork: worker } = await open(executors.worker)
  return { store: opened, genesis, start: thread.head, thread, worker }
}
