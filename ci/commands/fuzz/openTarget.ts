import type { FuzzTarget } from '../../../fuzz/engine/fuzzTarget.ts'
import { DrydockError } from '../../../harness/base/errors.ts'
import type { Logger } from '../../../harness/base/ports.ts'
import { type BuildResult, Fork } from '../../../harness/chain/index.ts'
import { parseRuntimeBlob } from '../../../harness/runtime/blob/index.ts'
import type { Executor } from '../../../harness/runtime/executor.ts'
import { openForkSource } from '../../inputs/openForkSource.ts'
import { readRuntime } from '../../inputs/readRuntime.ts'

export interface OpenTargetOptions {
  readonly fork: string
  /** To upgrade to; null: the runtime on chain. */
  readonly runtime: string | null
  readonly executor: Executor
  readonly signal: AbortSignal
  readonly logger: Logger
}

/** Blocks after an upgrade in which a multi-block migration may end. */
const SETTLE_BLOCKS = 100
const INHERENTS_ONLY = 1

/**
 * The chain to fuzz: forked, upgraded, and settled as far as the runtime takes extrinsics again. `close` when done. Throws `FUZZ_UPGRADE` when
 * the upgrade fails, and what opening throws.
 */
export async function openTarget(options: OpenTargetOptions): Promise<FuzzTarget & { close(): void }> {
  const { executor, signal, logger } = options
  const source = await openForkSource({ path: options.fork, stateVersion: 'auto', signal, logger })
  try {
    const { store, header } = source
    const fork = await Fork.open({ store, executor, ...(header === null ? {} : { header }) })
    if (options.runtime !== null) await upgrade(fork, options.runtime)
    return { runtime: await fork.context(), head: fork.head, close: () => store.close() }
  } catch (error) {
    source.store.close()
    throw error
  }
}

async function upgrade(fork: Fork, runtime: string): Promise<void> {
  const result = await fork.upgrade(parseRuntimeBlob(await readRuntime(runtime)))
  if (result.kind !== 'upgraded') throw upgradeFailed(result.kind)
  for (let left = SETTLE_BLOCKS; left > 0; left--) {
    const built = await fork.buildBlock()
    if (built.kind === 'failed') throw upgradeFailed(built.message)
    if (!isInherentsOnly(built)) return
  }
}

function isInherentsOnly(result: BuildResult): boolean {
  const [first] = result.phases
  return first?.outcome.kind === 'ok' ? first.outcome.output[0] === INHERENTS_ONLY : false
}

function upgradeFailed(why: string): DrydockError {
  return new DrydockError(`the upgrade fails before anything can be fuzzed: ${why}`, {
    code: 'FUZZ_UPGRADE',
    kind: 'usage',
    hints: ['Run drydock check on the candidate: it says why.'],
  })
}
