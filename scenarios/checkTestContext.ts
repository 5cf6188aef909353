import { Fork } from '../harness/chain/fork.ts'
import { buildGenesis } from '../harness/chain/genesisBuilder.ts'
import { parseRuntimeBlob, type RuntimeBlob } from '../harness/runtime/blob/index.ts'
import { V8Executor } from '../harness/runtime/v8/v8Executor.ts'
import type { CheckContext } from './check.ts'
import { demoRuntime } from './fixtures/demo/index.ts'
import { DEFAULT_LIMITS, type Limits } from './limits.ts'
import { Rehearsal } from './rehearsal.ts'

/** The miniature runtime: `v1`, `v2`, or v2 with a fault, by its name in `faults.json`. */
export function miniature(name: string): RuntimeBlob {
  return parseRuntimeBlob(demoRuntime(name))
}

export interface TestContextOptions {
  readonly candidate?: RuntimeBlob
  readonly blockCount?: number
  readonly limits?: Partial<Limits>
  /** Done to the chain before the checks. */
  prepare?(fork: Fork): Promise<void>
}

/** The miniature's development chain at genesis under v1, and a candidate; v2 by default. For tests of checks. */
export async function checkTestContext(options: TestContextOptions = {}): Promise<CheckContext> {
  const executor = new V8Executor({ clock: { nowMs: () => performance.now() } })
  const runtime = { executor, blob: miniature('v1'), callOptions: {} }
  const genesis = await buildGenesis(runtime, { preset: 'development' })
  if (genesis.kind === 'failed') throw new Error(genesis.message)
  const fork = await Fork.open({ store: genesis.value, executor })
  await options.prepare?.(fork)
  const candidate = options.candidate ?? miniature('v2')
  const { signal } = new AbortController()
  const progress = () => {}
  const blockCount = options.blockCount ?? 3
  return {
    fork,
    candidate,
    rehearsal: new Rehearsal({ fork, candidate, blockCount, signal, progress }),
    limits: { ...DEFAULT_LIMITS, ...options.limits },
    secondOpinion: null,
    reproduce: (checkId) => `drydock check --only ${checkId}`,
    progress,
    signal,
  }
}
