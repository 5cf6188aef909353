import type { Fork } from '../../harness/chain/fork.ts'
import type { BenchCase, Contender } from './benchCase.ts'
import { type BenchChainOptions, openBenchChain } from './benchChain.ts'
import { ChopsticksChain, runTaskMs } from './chopsticks/index.ts'

export interface CallCaseOptions extends BenchChainOptions {
  readonly name: string
  /** Of a call without arguments. */
  readonly entryPoint: string
}

/** A runtime call on a chain's head, made again and again. */
export function callCase(options: CallCaseOptions): BenchCase {
  const { name, entryPoint } = options
  return {
    name,
    rounds: 5,
    open: async () => {
      const chain = await openBenchChain(options)
      const memory = await ChopsticksChain.atHead(chain.start)
      await memory.callMs(entryPoint)
      const { state } = chain.start
      const request = { blob: chain.thread.catalog.blobAt(state), entryPoint, input: new Uint8Array(), state }
      const ours = (fork: Fork): Contender => ({ perRound: 40, run: () => callMs(fork, entryPoint) })
      return {
        contenders: {
          thread: ours(chain.thread),
          worker: ours(chain.worker),
          memory: { perRound: 1, run: () => memory.callMs(entryPoint) },
          executor: { perRound: 1, run: () => runTaskMs(request) },
        },
        close: async () => chain.store.close(),
      }
    },
  }
}

async function callMs(fork: Fork, entryPoint: string): Promise<number> {
  const startMs = performance.now()
  const { kind } = await fork.call(entryPoint)
  const tookMs = performance.now() - startMs
  if (kind !== 'ok') throw new Error(`${entryPoint} ended with ${kind}`)
  return tookMs
}
