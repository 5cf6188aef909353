import type { ChainHead } from '../../harness/chain/block.ts'
import type { BuiltBlock } from '../../harness/chain/build/blockBuilder.ts'
import type { Fork } from '../../harness/chain/fork.ts'
import { CODE_KEY } from '../../harness/chain/plainKey.ts'
import type { RuntimeBlob } from '../../harness/runtime/blob/index.ts'
import type { BenchCase, Contender, OpenCase } from './benchCase.ts'
import { type BenchChain, type BenchChainOptions, openBenchChain } from './benchChain.ts'
import { repeatMs, workOf } from './blockCase.ts'
import { ChopsticksChain, type TimedBlock } from './chopsticks/index.ts'
import { assertSameBlock } from './sameBlock.ts'

export interface UpgradeCaseOptions extends BenchChainOptions {
  readonly name: string
  candidate(): Promise<RuntimeBlob>
  readonly rounds: number
  /** Chopsticks' own reading of a genesis file takes minutes for a large state; then leave it out. */
  readonly withGenesisFile: boolean
  readonly deadlineMs?: number
}

/**
 * An upgrade. Ours: the block that sets the code and the block that migrates, with real roots and the report of what
 * changed, from a branch that knows its trie. Chopsticks': `newBlock`, which migrates, on a new chain each time; what is
 * not timed is putting the code into the head's state and reading its metadata, which ours has from its first run.
 */
export function upgradeCase(options: UpgradeCaseOptions): BenchCase {
  const { name, rounds, deadlineMs } = options
  return { name, rounds, ...(deadlineMs === undefined ? {} : { deadlineMs }), open: () => openCase(options) }
}

async function openCase(options: UpgradeCaseOptions): Promise<OpenCase> {
  const { withGenesisFile } = options
  const candidate = await options.candidate()
  const chain = await openBenchChain(options)
  const expected = await migrationBlock(chain, candidate)
  let last: BuiltBlock | null = null
  const ours = (fork: Fork): Contender => ({
    perRound: 3,
    run: async () => {
      const startMs = performance.now()
      const result = await fork.branch().upgrade(candidate)
      const tookMs = performance.now() - startMs
      if (result.kind !== 'upgraded') throw new Error(`the upgrade ended with ${result.kind}`)
      last = result.migrationBlock
      return tookMs
    },
  })
  let requestsOfChopsticks = 0
  const theirs = (open: () => Promise<ChopsticksChain>): Contender => ({
    perRound: 1,
    run: async () => {
      const { tookMs, requests } = await migrate(await open(), candidate, expected)
      requestsOfChopsticks = Math.max(requestsOfChopsticks, requests)
      return tookMs
    },
  })
  const migrated = () => {
    if (last === null) throw new Error('no upgrade was made that could be repeated')
    return last
  }
  const genesisFile = theirs(() => ChopsticksChain.fromGenesis(chain.genesis))
  return {
    contenders: {
      thread: ours(chain.thread),
      worker: ours(chain.worker),
      ...(withGenesisFile ? { genesisFile } : {}),
      memory: theirs(() => ChopsticksChain.atHead(chain.start)),
      executor: { perRound: 1, run: () => repeatMs(candidate, migrated().phases) },
    },
    work: () => ({ ...workOf(migrated()), requestsOfChopsticks }),
    close: async () => chain.store.close(),
  }
}

/** The block that Chopsticks is to build: the first of the candidate, right after the head whose code was replaced. */
async function migrationBlock({ thread }: BenchChain, candidate: RuntimeBlob): Promise<ChainHead> {
  const fork = thread.branch()
  fork.setStorage(new Map([[CODE_KEY, candidate.submitted]]), 'the code, without a block')
  const built = await fork.buildBlock()
  if (built.kind === 'failed') throw new Error(built.message)
  return built.head
}

async function migrate(
  chain: ChopsticksChain,
  candidate: RuntimeBlob,
  expected: ChainHead,
): Promise<TimedBlock> {
  await chain.setCode(candidate.submitted)
  const block = await chain.newBlock()
  assertSameBlock(expected, { number: block.number, changes: await block.changes() })
  return block
}
