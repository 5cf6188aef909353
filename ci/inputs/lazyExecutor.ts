import type { Executor, OptionalFeature } from '../../harness/runtime/executor.ts'

export interface LazyExecutorFacts {
  readonly name: string
  readonly supports: ReadonlySet<OptionalFeature>
}

/** An executor that is loaded when it is first asked; `close` ends it if it ever was. */
export function createLazyExecutor(facts: LazyExecutorFacts, load: () => Promise<Executor>): Executor {
  let loading: Promise<Executor> | null = null
  return {
    ...facts,
    async call(request) {
      loading ??= load()
      return (await loading).call(request)
    },
    async close() {
      if (loading !== null) await (await loading).close()
    },
  }
}
