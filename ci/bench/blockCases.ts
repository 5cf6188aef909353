import type { ChainHead } from '../../harness/chain/block.ts'
import type { Fork } from '../../harness/chain/fork.ts'
import type { Phase } from '../../harness/chain/phase.ts'
import type { RuntimeContext } from '../../harness/chain/runtimeContext.ts'
import type { RuntimeBlob } from '../../harness/runtime/blob/index.ts'
import type { BenchCase } from './benchCase.ts'
import { chopsticksCallMs } from './chopsticksRunTask.ts'

export interface BlockCaseOptions {
  readonly name: string
  readonly fork: Fork
  /** Only blocks of which this holds count; the others are built in between. Default: all. */
  readonly counts?: (blockNumber: number) => boolean
  readonly oursPerRound?: number
  readonly rounds?: number
}

/**
 * A block from question to header: ours with everything that goes with it (inherents, extrinsics root, real state root, the
 * new head); theirs only the runtime calls of the very same block, without roots.
 */
export function blockCase(options: BlockCaseOptions): BenchCase {
  const { name, fork, counts = () => true, oursPerRound = 50, rounds = 5 } = options
  let last: { readonly runtime: RuntimeContext; readonly phases: readonly Phase[] } | null = null
  const build = async () => {
    for (;;) {
      const runtime = await fork.context()
      const startMs = performance.now()
      const result = await fork.buildBlock()
      const tookMs = performance.now() - startMs
      if (result.kind === 'failed') throw new Error(result.message)
      if (!counts(result.head.number)) continue
      last = { runtime, phases: result.phases }
      return tookMs
    }
  }
  const theirs = async () => {
    if (last === null) throw new Error('nothing was built to repeat')
    return repeat(last.runtime.blob, last.phases)
  }
  return { name, ours: build, theirs, oursPerRound, rounds }
}

/** Has Chopsticks make the calls of a block, one after the other. */
async function repeat(blob: RuntimeBlob, phases: readonly Phase[]): Promise<number> {
  let tookMs = 0
  for (const { entryPoint, input, state } of phases) {
    tookMs += await chopsticksCallMs({ blob, entryPoint, input, state })
  }
  return tookMs
}

/** A runtime call that reads no state, made again and again. */
export function callCase(
  name: string,
  { fork, entryPoint }: { readonly fork: Fork; readonly entryPoint: string },
): BenchCase {
  const head: ChainHead = fork.head
  const request = {
    blob: fork.catalog.blobAt(head.state),
    entryPoint,
    input: new Uint8Array(),
    state: head.state,
  }
  return {
    name,
    ours: async () => {
      const startMs = performance.now()
      const { kind } = await fork.call(entryPoint)
      if (kind !== 'ok') throw new Error(`${entryPoint} ended with ${kind}`)
      return performance.now() - startMs
    },
    theirs: () => chopsticksCallMs(request),
    oursPerRound: 50,
    rounds: 5,
  }
}

export interface UpgradeCaseOptions {
  readonly name: string
  readonly fork: Fork
  readonly candidate: RuntimeBlob
  /** Chopsticks takes minutes for a large state; once is then enough. */
  readonly rounds: number
  readonly withTheirs: boolean
}

/**
 * An upgrade: ours from the code's block to the migration block's header with real roots, from a branch that knows its
 * trie; theirs the calls of the migration block.
 */
export function upgradeCase(options: UpgradeCaseOptions): BenchCase {
  const { name, fork, candidate, rounds, withTheirs } = options
  let phases: readonly Phase[] = []
  const ours = async () => {
    const startMs = performance.now()
    const result = await fork.branch().upgrade(candidate)
    const tookMs = performance.now() - startMs
    if (result.kind !== 'upgraded') throw new Error(`the upgrade ended with ${result.kind}`)
    phases = result.migrationBlock.phases
    return tookMs
  }
  const theirs = withTheirs ? () => repeat(candidate, phases) : null
  return { name, ours, theirs, oursPerRound: 3, rounds }
}
