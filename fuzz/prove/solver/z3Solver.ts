import { type ChildProcess, fork } from 'node:child_process'
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

/** Starting z3 takes a second or two, more on a busy machine. */
const START_TIMEOUT_MS = 60_000

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
 * z3 as WebAssembly, from the optional dependency z3-solver, in a process of its own that is killed when a query passes its
 * deadline and started again for the next. A process that does not start, or dies, is an answer `unknown`.
 */
export function createZ3Solver(): Solver & { close(): void } {
  return new Z3Solver()
}

class Z3Solver implements Solver {
  readonly name = 'z3-solver 5.2.0'
  #child: ChildProcess | null = null

  async check(query: SolverQuery): Promise<SolverAnswer> {
    const child = this.#child ?? (await this.#start(query.signal))
    if (child === null) return { kind: 'unknown', reason: 'z3 does not start' }
    const reply = nextReply(child, query.timeoutMs, query.signal)
    child.send({ text: query.text, assertions: query.assertions } satisfies Z3Request)
    const answer = toAnswer(await reply)
    // After anything but a verdict nothing is known of its state.
    if (answer.kind === 'unknown') this.close()
    return answer
  }

  /** Ends the process; the next query starts another. */
  close(): void {
    this.#child?.kill('SIGKILL')
    this.#child = null
  }

  async #start(signal: AbortSignal | null): Promise<ChildProcess | null> {
    const isSource = import.meta.url.endsWith('.ts')
    const entry = new URL(isSource ? './z3Child.ts' : './z3Child.js', import.meta.url)
    const child = fork(entry, {
      execArgv: isSource ? ['--import', import.meta.resolve('tsx')] : [],
      stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
    })
    child.on('error', () => undefined)
    this.#child = child
    const started = await nextReply(child, START_TIMEOUT_MS, signal)
    if (started.kind === 'ready') return child
    this.close()
    return null
  }
}

function nextReply(child: ChildProcess, timeoutMs: number, signal: AbortSignal | null): Promise<Z3Reply> {
  return new Promise((resolve) => {
    const finish = (reply: Z3Reply) => {
      clearTimeout(timer)
      signal?.removeEventListener('abort', interrupt)
      child.off('message', finish)
      child.off('exit', exited)
      resolve(reply)
    }
    const interrupt = () => finish({ kind: 'unknown', reason: 'interrupted' })
    const exited = () => finish({ kind: 'unknown', reason: 'z3 ended without an answer' })
    const timer = setTimeout(
      () => finish({ kind: 'unknown', reason: `no answer within ${timeoutMs} ms` }),
      timeoutMs,
    )
    if (signal?.aborted === true) interrupt()
    signal?.addEventListener('abort', interrupt, { once: true })
    child.once('message', finish)
    child.once('exit', exited)
  })
}

function toAnswer(reply: Z3Reply): SolverAnswer {
  if (reply.kind === 'unsat') return reply
  if (reply.kind === 'sat') return { kind: 'sat', model: parseZ3Model(reply.model) }
  return { kind: 'unknown', reason: reply.kind === 'unknown' ? reply.reason : 'z3 started again' }
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
