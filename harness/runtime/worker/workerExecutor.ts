import type { Worker } from 'node:worker_threads'
import { DrydockError, errorMessage } from '../../base/errors.ts'
import type { Clock } from '../../base/ports.ts'
import { unpackChanges } from '../../state/packedChanges.ts'
import { WaitClock } from '../../state/store/waitClock.ts'
import {
  ALL_FEATURES,
  type CallCost,
  type CallRequest,
  type Executor,
  type LimitOutcome,
  NO_COST,
  type Outcome,
} from '../executor.ts'
import type { PackedOutcome, WorkerReply, WorkerSetup } from './protocol.ts'
import { Residency } from './residency.ts'
import { startThread } from './startThread.ts'

/** A healthy block takes milliseconds; a minute is long past any slot. */
const DEFAULT_DEADLINE_MS = 60_000
/** For a thread to load our code, which is not part of a call's deadline: 0.3 s, several on a loaded machine. */
const START_ALLOWANCE_MS = 30_000

export interface WorkerExecutorOptions {
  readonly clock: Clock
  /** V8 stack of the thread. A node's wasm stack is 1 MiB native; the default of 16 MB is never tighter. */
  readonly stackMb?: number
  /** JavaScript heap of the thread, default 4096; wasm memory is limited apart, by its maximum. */
  readonly heapMb?: number
  /** For calls without a deadline of their own. Default 60,000. */
  readonly deadlineMs?: number
}

interface Pending {
  readonly id: number
  readonly resolve: (outcome: Outcome) => void
  readonly reject: (error: Error) => void
  readonly request: CallRequest
  readonly startMs: number
  readonly deadlineMs: number
  /** The part of the thread's waits that the timer has allowed for, those of earlier calls included. */
  allowedWaitMs: number
  timer: NodeJS.Timeout
}

interface OwnWorker {
  readonly thread: Worker
  readonly residency: Residency
  readonly waits: WaitClock
  isReady: boolean
}

/**
 * The V8 executor in a worker thread. A call that passes its deadline ends with the thread, one that exhausts the thread's
 * memory likewise, both as outcomes; the next call finds a new thread. Calls run one after the other. Time that the thread
 * waits for state to be fetched is no part of a call's deadline or time.
 */
export class WorkerExecutor implements Executor {
  readonly name = 'v8'
  readonly supports = ALL_FEATURES
  readonly #options: WorkerExecutorOptions
  #worker: OwnWorker | null = null
  #pending: Pending | null = null
  #tail: Promise<unknown> = Promise.resolve()
  #closed = false

  constructor(options: WorkerExecutorOptions) {
    this.#options = options
  }

  call(request: CallRequest): Promise<Outcome> {
    const result = this.#tail.then(() => this.#run(request))
    this.#tail = result.catch(() => undefined)
    return result
  }

  async close(): Promise<void> {
    this.#closed = true
    this.#fail(
      new DrydockError('the executor was closed during a call', { code: 'EXECUTOR_CLOSED', kind: 'bug' }),
    )
    await this.#dropWorker()
  }

  #run(request: CallRequest): Promise<Outcome> {
    if (this.#closed) {
      throw new DrydockError('a call was made on a closed executor', { code: 'EXECUTOR_CLOSED', kind: 'bug' })
    }
    this.#worker ??= this.#start()
    const { thread, residency, waits, isReady } = this.#worker
    const { blob, entryPoint, input, state, options = {} } = request
    const message = { blob: residency.blob(blob), state: residency.state(state), entryPoint, input, options }
    const id = residency.nextCall()
    const deadlineMs = options.deadlineMs ?? this.#options.deadlineMs ?? DEFAULT_DEADLINE_MS
    return new Promise<Outcome>((resolve, reject) => {
      const startMs = this.#options.clock.nowMs()
      const timer = this.#startTimer(deadlineMs, isReady ? 0 : START_ALLOWANCE_MS)
      const allowedWaitMs = waits.waitedMs()
      this.#pending = { id, resolve, reject, request, startMs, deadlineMs, allowedWaitMs, timer }
      thread.postMessage({ kind: 'call', id, ...message })
    })
  }

  #startTimer(deadlineMs: number, allowanceMs: number): NodeJS.Timeout {
    return setTimeout(() => this.#expire(deadlineMs), deadlineMs + allowanceMs)
  }

  #start(): OwnWorker {
    const { stackMb = 16, heapMb = 4096 } = this.#options
    const resourceLimits = { stackSizeMb: stackMb, maxOldGenerationSizeMb: heapMb }
    const waits = new WaitClock()
    const workerData: WorkerSetup = { waits: waits.shared }
    const thread = startThread(import.meta.url, 'executorWorker', { resourceLimits, workerData })
    const residency = new Residency((request) => thread.postMessage(request))
    const worker: OwnWorker = { thread, residency, waits, isReady: false }
    thread.on('message', (reply: WorkerReply) => this.#resolveCall(reply, worker))
    thread.on('error', (error) => this.#threadFailed(thread, error))
    thread.unref()
    return worker
  }

  #ready(worker: OwnWorker): void {
    worker.isReady = true
    if (this.#pending === null) return
    clearTimeout(this.#pending.timer)
    this.#pending.timer = this.#startTimer(this.#pending.deadlineMs, 0)
  }

  #resolveCall(reply: WorkerReply, worker: OwnWorker): void {
    if (reply.kind === 'ready') {
      this.#ready(worker)
      return
    }
    const pending = this.#take(reply.id)
    if (pending === null) return
    if (reply.kind === 'error') {
      pending.reject(toError(reply))
      return
    }
    const outcome = unpackOutcome(reply.outcome)
    if (outcome.kind === 'ok') worker.residency.remember(reply.id, outcome.changes)
    pending.resolve(outcome)
  }

  #expire(deadlineMs: number): void {
    if (this.#allowForWaits()) return
    const pending = this.#take()
    void this.#dropWorker()
    pending?.resolve(
      this.#limit(pending, { limit: 'time', message: `the call did not finish within ${deadlineMs} ms` }),
    )
  }

  /** True when the thread has waited since, and the call has got that time in addition. */
  #allowForWaits(): boolean {
    const pending = this.#pending
    if (pending === null || this.#worker === null) return false
    const waitedMs = this.#worker.waits.waitedMs()
    const moreMs = Math.ceil(waitedMs - pending.allowedWaitMs)
    if (moreMs <= 0) return false
    pending.allowedWaitMs = waitedMs
    pending.timer = setTimeout(() => this.#expire(pending.deadlineMs), moreMs)
    return true
  }

  #threadFailed(thread: Worker, error: Error): void {
    // A thread that was given up may still fail; the call under way is another's.
    if (this.#worker?.thread !== thread) return
    this.#worker = null
    const pending = this.#take()
    if (pending === null) return
    if ('code' in error && error.code === 'ERR_WORKER_OUT_OF_MEMORY') {
      const message = 'the call exhausted the memory of its thread'
      pending.resolve(this.#limit(pending, { limit: 'memory', message }))
    } else {
      const message = `the executor's thread failed: ${errorMessage(error)}`
      pending.reject(new DrydockError(message, { code: 'EXECUTOR_BROKEN', kind: 'bug', cause: error }))
    }
  }

  #fail(error: Error): void {
    this.#take()?.reject(error)
  }

  #take(id?: number): Pending | null {
    const pending = this.#pending
    if (pending === null || (id !== undefined && pending.id !== id)) return null
    this.#pending = null
    clearTimeout(pending.timer)
    return pending
  }

  async #dropWorker(): Promise<void> {
    const worker = this.#worker
    this.#worker = null
    worker?.thread.removeAllListeners('message')
    await worker?.thread.terminate()
  }

  #limit(pending: Pending, { limit, message }: Pick<LimitOutcome, 'limit' | 'message'>): LimitOutcome {
    const cost: CallCost = { ...NO_COST, wallMs: this.#options.clock.nowMs() - pending.startMs }
    const { entryPoint } = pending.request
    return { kind: 'limit', limit, message, entryPoint, stack: [], logs: [], denied: [], cost }
  }
}

function toError(reply: Extract<WorkerReply, { kind: 'error' }>): DrydockError {
  const { message, stack, environment } = reply
  if (environment !== null) return new DrydockError(message, { ...environment, kind: 'environment' })
  return new DrydockError(`the executor failed: ${message}`, {
    code: 'EXECUTOR_BROKEN',
    kind: 'bug',
    details: { stack },
  })
}

function unpackOutcome(outcome: PackedOutcome): Outcome {
  if (outcome.kind !== 'ok') return outcome
  const { packedChanges, ...rest } = outcome
  return { ...rest, changes: unpackChanges(packedChanges) }
}
