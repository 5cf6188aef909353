import type { Executor } from '../../harness/runtime/executor.ts'
import { WorkerExecutor } from '../../harness/runtime/worker/workerExecutor.ts'

export interface WithExecutorOptions {
  /** Longest time that one call may take. */
  readonly deadlineMs: number
  /** Ends the executor, and with it a call under way, which then throws. */
  readonly signal: AbortSignal
}

/** Gives `use` an executor in a thread of its own, and ends it afterwards or as soon as the user stops the command. */
export async function withExecutor<T>(
  { deadlineMs, signal }: WithExecutorOptions,
  use: (executor: Executor) => Promise<T>,
): Promise<T> {
  const executor = new WorkerExecutor({ clock: { nowMs: () => performance.now() }, deadlineMs })
  const stop = () => void executor.close()
  signal.addEventListener('abort', stop, { once: true })
  try {
    return await use(executor)
  } finally {
    signal.removeEventListener('abort', stop)
    await executor.close()
  }
}
