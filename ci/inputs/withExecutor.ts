import { availableParallelism } from 'node:os'
import type { Executor } from '../../harness/runtime/executor.ts'
import { PoolExecutor } from '../../harness/runtime/worker/poolExecutor.ts'

export interface WithExecutorOptions {
  /** Longest time that one call may take. */
  readonly deadlineMs: number
  /** Ends the executor, and with it a call under way, which then throws. */
  readonly signal: AbortSignal
  /** Default: one for each core, at most 4. */
  readonly threads?: number
}

/** Each thread has a trie of the state of its own, so that more of them cost memory and gain little. */
const MAX_THREADS = 4

/** Gives `use` an executor with a thread for each core, up to four, and ends it afterwards or as soon as the user stops the command. */
export async function withExecutor<T>(
  options: WithExecutorOptions,
  use: (executor: Executor) => Promise<T>,
): Promise<T> {
  const { deadlineMs, signal } = options
  const threads = options.threads ?? Math.min(availableParallelism(), MAX_THREADS)
  const executor = new PoolExecutor({ clock: { nowMs: () => performance.now() }, deadlineMs, threads })
  const stop = () => void executor.close()
  signal.addEventListener('abort', stop, { once: true })
  try {
    return await use(executor)
  } finally {
    signal.removeEventListener('abort', stop)
    await executor.close()
  }
}
