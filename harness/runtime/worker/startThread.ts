import { Worker, type WorkerOptions } from 'node:worker_threads'

/**
 * Starts the module `name` beside the module `from` (an `import.meta.url`) as a thread: TypeScript sources through tsx,
 * compiled ones as they are.
 */
export function startThread(from: string, name: string, options: WorkerOptions): Worker {
  if (!from.endsWith('.ts')) return new Worker(new URL(`./${name}.js`, from), options)
  const entry = new URL(`./${name}.ts`, from).href
  return new Worker(sourceEntry(entry), { ...options, eval: true, execArgv: [] })
}

/** `--import tsx` does not reach worker threads on Node 20, so the thread registers it itself. */
function sourceEntry(entry: string): string {
  const tsx = import.meta.resolve('tsx/esm/api')
  return `import(${JSON.stringify(tsx)}).then(({ register }) => { register(); return import(${JSON.stringify(entry)}) })`
}
