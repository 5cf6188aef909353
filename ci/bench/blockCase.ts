import type { BuiltBlock } from '../../harness/chain/build/blockBuilder.ts'
import type { Phase } from '../../harness/chain/build/phase.ts'
import type { Fork } from '../../harness/chain/fork.ts'
import type { RuntimeContext } from '../../harness/chain/runtimeContext.ts'
import type { RuntimeBlob } from '../../harness/runtime/blob/index.ts'
import type { Changes } from '../../harness/state/stateView.ts'
import type { BenchCase, Contender, OpenCase, Work } from './benchCase.ts'
import { type BenchChain, type BenchChainOptions, openBenchChain } from './benchChain.ts'
import { ChopsticksChain, runTaskMs, type TimedBlock } from './chopsticks/index.ts'
import { assertSameBlock } from './sameBlock.ts'

export interface BlockCaseOptions extends BenchChainOptions {
  readonly name: string
  /** By what a block changed; others are built in between and do not count. Default: all count. */
  readonly counts?: (changes: Changes) => boolean
  readonly rounds?: number
  readonly warmUpRounds?: number
  /** Runs of ours in a round. */
  readonly perRound?: number
  /** False for a runtime that Chopsticks' chain cannot build blocks of. Default: true. */
  readonly withChopsticksChain?: boolean
}

/** Blocks in a row in which one that counts must come. */
const PATIENCE = 4

interface TimedBuild {
  readonly runtime: RuntimeContext
  readonly block: BuiltBlock
  readonly tookMs: number
}

/**
 * An ordinary block without extrinsics. Ours from the question for its slot to the sealed head, with real extrinsics and
 * state roots; Chopsticks' `newBlock`; and the calls of our block in Chopsticks' executor.
 */
export function blockCase(options: BlockCaseOptions): BenchCase {
  const { name, rounds = 3, warmUpRounds = 0, perRound = 30, counts = () => true } = options
  return { name, rounds, warmUpRounds, open: () => openCase(options, perRound, counts) }
}

async function openCase(
  options: BlockCaseOptions,
  perRound: number,
  counts: (changes: Changes) => boolean,
): Promise<OpenCase> {
  const chain = await openBenchChain(options)
  const chopsticks = options.withChopsticksChain === false ? null : await openChopsticks(chain)
  let last: TimedBuild | null = null
  const ours = (fork: Fork): Contender => ({
    perRound,
    run: async () => {
      last = await until(
        () => timedBuild(fork),
        async ({ block }) => counts(block.head.state.changes),
      )
      return last.tookMs
    },
  })
  const theirs = (one: ChopsticksChain): Contender => ({
    perRound: 1,
    run: async () =>
      (
        await until(
          () => one.newBlock(),
          async (block) => counts(await block.changes()),
        )
      ).tookMs,
  })
  const repeated = () => {
    if (last === null) throw new Error('no block was built that could be repeated')
    return last
  }
  return {
    contenders: {
      thread: ours(chain.thread),
      worker: ours(chain.worker),
      ...(chopsticks === null
        ? {}
        : { genesisFile: theirs(chopsticks.genesisFile), memory: theirs(chopsticks.memory) }),
      executor: { perRound: 1, run: () => repeatMs(repeated().runtime.blob, repeated().block.phases) },
    },
    work: () => workOf(repeated().block),
    close: async () => chain.store.close(),
  }
}

/** Both of Chopsticks' chains, two blocks on: so they are warm, and proved to build the blocks that ours builds. */
async function openChopsticks({ start, genesis, thread }: BenchChain) {
  const memory = await ChopsticksChain.atHead(start)
  const genesisFile = await ChopsticksChain.fromGenesis(genesis)
  await assertSameChains(thread, [memory, genesisFile])
  return { memory, genesisFile }
}

/** Over two blocks, so that what comes every second block is among them. */
async function assertSameChains(fork: Fork, chains: readonly ChopsticksChain[]): Promise<void> {
  const twin = fork.branch()
  for (let i = 0; i < 2; i++) {
    const built = await twin.buildBlock()
    if (built.kind === 'failed') throw new Error(built.message)
    for (const chain of chains) {
      const { number, changes } = await chain.newBlock()
      assertSameBlock(built.head, { number, changes: await changes() })
    }
  }
}

async function until<T extends TimedBuild | TimedBlock>(
  build: () => Promise<T>,
  counts: (built: T) => Promise<boolean>,
): Promise<T> {
  for (let i = 0; i < PATIENCE; i++) {
    const built = await build()
    if (await counts(built)) return built
  }
  throw new Error(`none of ${PATIENCE} blocks in a row did the work of this case`)
}

async function timedBuild(fork: Fork): Promise<TimedBuild> {
  const runtime = await fork.context()
  const startMs = performance.now()
  const block = await fork.buildBlock()
  const tookMs = performance.now() - startMs
  if (block.kind === 'failed') throw new Error(block.message)
  return { runtime, block, tookMs }
}

/** Has Chopsticks' executor make the calls of a block, one after the other. */
export async function repeatMs(blob: RuntimeBlob, phases: readonly Phase[]): Promise<number> {
  let tookMs = 0
  for (const { entryPoint, input, state } of phases) {
    tookMs += await runTaskMs({ blob, entryPoint, input, state })
  }
  return tookMs
}

/** What a block asked of its host, and how many keys it changed. */
export function workOf({ phases, head }: BuiltBlock): Work {
  const work = { calls: phases.length, reads: 0, writes: 0, nextKeys: 0, allocations: 0 }
  for (const { cost } of phases.map(({ outcome }) => outcome)) {
    work.reads += cost.reads
    work.writes += cost.writes
    work.nextKeys += cost.nextKeys
    work.allocations += cost.allocations
  }
  return { ...work, changedKeys: head.state.changes.size }
}
