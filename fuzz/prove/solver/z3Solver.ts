import type { Worker } from 'node:worker_threads'
import { errorMessage } from '../../../harness/base/errors.ts'
import { startThread } from '../../../harness/runtime/worker/startThread.ts'
import type { Solver, SolverAnswer, SolverQuery } from './solver.ts'

export interface Z3Request {
  readonly text: string
  readonly assertions: number
}

export type Z3Reply =
  | { readonly kind: 'ready' }
  | { readonly kind: 'unsat' }
  | { readonly kind: 'sat'; readonly model: string }
  | { readonly kind: 'unknown'; readonly reason: string }

/** Starting z3 takes about a second, more on a busy machine. */
const START_TIMEOUT_MS = 60_000
const THREAD_HEAP_MB = 512

/** Whether the optional dependency z3-solver is installed. */
export function hasZ3(): boolean {
  try {
    import.meta.resolve('z3-solver')
    return true
  } catch {
    return false
  }
}

/**
 * z3 as WebAssembly, from the optional dependency z3-solver: a thread for each query, which is ended at the query's
 * deadline. A thread that can't be started, or dies, is an answer `unknown`.
 */
export function createZ3Solver(): Solver {
  return { name: 'z3-solver 5.2.0', check }
}

async function check(query: SolverQuery): Promise<SolverAnswer> {
  let worker: Worker
  try {
    worker = startThread(import.meta.url, 'z3Worker', {
      resourceLimits: { maxOldGenerationSizeMb: THREAD_HEAP_MB },
      stdout: true,
      stderr: true,
    })
  } catch (error) {
    return { kind: 'unknown', reason: errorMessage(error) }
  }
  try {
    const started = await nextReply(worker, START_TIMEOUT_MS, query.signal)
    if (started.kind !== 'ready')
      return { kind: 'unknown', reason: `z3 does not start: ${reasonOf(started)}` }
    worker.postMessage({ text: query.text, assertions: query.assertions } satisfies Z3Request)
    return toAnswer(await nextReply(worker, query.timeoutMs, query.signal))
  } finally {
    // z3 keeps threads of its own, which nothing but the end of this one ends.
    await worker.terminate()
  }
}

function nextReply(worker: Worker, timeoutMs: number, signal: AbortSignal | null): Promise<Z3Reply> {
  return new Promise((resolve) => {
    const finish = (reply: Z3Reply) => {
      clearTimeout(timer)
      signal?.removeEventListener('abort', interrupt)
      worker.removeAllListeners()
      // An error after the answer must not end the process.
      worker.on('error', () => undefined)
      resolve(reply)
    }
    const interrupt = () => finish({ kind: 'unknown', reason: 'interrupted' })
    const timer = setTimeout(
      () => finish({ kind: 'unknown', reason: `no answer within ${timeoutMs} ms` }),
      timeoutMs,
    )
    if (signal?.aborted === true) interrupt()
    signal?.addEventListener('abort', interrupt, { once: true })
    worker.once('message', finish)
    worker.once('error', (error) => finish({ kind: 'unknown', reason: errorMessage(error) }))
    worker.once('exit', (code) => finish({ kind: 'unknown', reason: `z3 ended with ${code}` }))
  })
}

function toAnswer(reply: Z3Reply): SolverAnswer {
  if (reply.kind === 'unsat') return reply
  if (reply.kind === 'sat') return { kind: 'sat', model: parseZ3Model(reply.model) }
  return { kind: 'unknown', reason: reasonOf(reply) }
}

function reasonOf(reply: Z3Reply): string {
  return reply.kind === 'unknown' ? reply.reason : `it answers ${reply.kind}`
}

const MODEL_LINE = /^([A-Za-z]\w*) -> (?:#x([0-9a-f]+)|#b([01]+))$/gm

/** z3's own notation, one constant on a line. */
export function parseZ3Model(text: string): ReadonlyMap<string, bigint> {
  const model = new Map<string, bigint>()
  for (const [, name, hex, binary] of text.matchAll(MODEL_LINE)) {
    if (name !== undefined) model.set(name, BigInt(hex !== undefined ? `0x${hex}` : `0b${binary}`))
  }
  return model
}
