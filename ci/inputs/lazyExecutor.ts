import type { Executor } from '../../harness/runtime/executor.ts'

/** An executor that is loaded when it is first asked; `close` ends it if it ever was. */
export function createLazyExecutor(name: string, load: () => Promise<Executor>): Executor {
  let loading: Promise<Executor> | null = null
  return {
    name,
    async call(request) {
      loading ??= load()
      return (await loading).call(request)
    },
    async close() {
      if (loading !== null) await (await loading).close()
    },
  }
}
