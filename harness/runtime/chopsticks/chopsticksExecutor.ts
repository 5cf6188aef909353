import type { Worker } from 'node:worker_threads'
import { binaryToBytes, bytesToHex, hexToBinary, hexToBytes } from '../../base/bytes.ts'
import { DrydockError, errorMessage } from '../../base/errors.ts'
import type { Clock } from '../../base/ports.ts'
import type { ChainState } from '../../state/chainState.ts'
import { CHILD_MARK, CHILD_ROOT_PREFIX, childPrefix, type StorageKey } from '../../state/stateView.ts'
import type { CallCost, CallRequest, Executor, OptionalFeature, Outcome, RuntimeLog } from '../executor.ts'
import { parsePanicMessage } from '../panic/parsePanicMessage.ts'
import { startThread } from '../worker/startThread.ts'
import type { FromThread, Hex, Question, Task, TaskResponse, ToThread } from './protocol.ts'

/** Chopsticks knows a child trie's keys only by length: a 32-byte child key, as pallet-contracts and crowdloans use. */
const CHILD_KEY_BYTES = 32

/**
 * The second opinion: smoldot's executor, an interpreter in wasm, as Chopsticks packs it. Independent of V8's compiler and of
 * our host functions, and some hundred times slower. It runs in a thread of its own; a deadline ends the thread.
 *
 * What it can't do: state roots (`storage_root` is never the real one), heap pages other than 2048, and host functions that
 * smoldot lacks. Child tries must have keys of 32 bytes. It prints what a runtime logs; that is caught and dropped.
 */
export class ChopsticksExecutor implements Executor {
  readonly name = 'chopsticks'
  readonly supports: ReadonlySet<OptionalFeature> = new Set()
  readonly #clock: Clock
  #thread: Worker | null = null
  #pending: Pending | null = null
  #tail: Promise<unknown> = Promise.resolve()
  #lastTask = 0
  #closed = false

  constructor({ clock }: { readonly clock: Clock }) {
    this.#clock = clock
  }

  call(request: CallRequest): Promise<Outcome> {
    const result = this.#tail.then(() => this.#run(request))
    this.#tail = result.catch(() => undefined)
    return result
  }

  async close(): Promise<void> {
    this.#closed = true
    await this.#dropThread()
  }

  async #dropThread(): Promise<void> {
    const thread = this.#thread
    this.#thread = null
    this.#take()?.reject(broken('it was closed during a call'))
    await thread?.terminate()
  }

  async #run({ blob, entryPoint, input, state, options = {} }: CallRequest): Promise<Outcome> {
    if (this.#closed) throw broken('a call was made after it was closed')
    const startMs = this.#clock.nowMs()
    const answers = new StateAnswers(state)
    const response = await this.#ask(answers, options.deadlineMs ?? null, {
      id: ++this.#lastTask,
      wasm: toHex(blob.wasm),
      calls: [[entryPoint, [toHex(input)]]],
      mockSignatureHost: options.signatures === 'accept' ? 2 : 0,
      allowUnresolvedImports: true,
      runtimeLogLevel: options.maxLogLevel ?? 3,
      storageProofSize: Number(options.storageProofSize ?? 0n),
    })
    const counters = { ...answers.counters(), wallMs: this.#clock.nowMs() - startMs }
    return toOutcome(entryPoint, response, counters)
  }

  /** Null when the deadline came first. */
  #ask(answers: StateAnswers, deadlineMs: number | null, task: Task): Promise<TaskResponse | null> {
    this.#thread ??= this.#start()
    const thread = this.#thread
    return new Promise((resolve, reject) => {
      const timer = deadlineMs === null ? null : setTimeout(() => this.#expire(), deadlineMs)
      this.#pending = { answers, resolve, reject, timer }
      thread.ref()
      say(thread, { kind: 'task', task })
    })
  }

  #start(): Worker {
    const thread = startThread(import.meta.url, 'chopsticksWorker', { stdout: true, stderr: true })
    thread.stdout.resume()
    thread.stderr.resume()
    thread.on('message', (message: FromThread) => {
      if (this.#thread !== thread) return
      if (message.kind === 'done') this.#take()?.resolve(message.response)
      else if (this.#pending !== null) {
        say(thread, { kind: 'answer', id: message.id, value: this.#pending.answers.answer(message) })
      }
    })
    thread.on('error', (error) => this.#threadEnded(thread, errorMessage(error)))
    thread.on('exit', () => this.#threadEnded(thread, 'it exited'))
    return thread
  }

  #take(): Pending | null {
    const pending = this.#pending
    this.#pending = null
    this.#thread?.unref()
    if (pending?.timer) clearTimeout(pending.timer)
    return pending
  }

  #expire(): void {
    const pending = this.#take()
    void this.#dropThread()
    pending?.resolve(null)
  }

  #threadEnded(thread: Worker, reason: string): void {
    if (this.#thread !== thread) return
    this.#thread = null
    this.#take()?.reject(broken(reason))
  }
}

interface Pending {
  readonly answers: StateAnswers
  readonly resolve: (response: TaskResponse | null) => void
  readonly reject: (error: Error) => void
  readonly timer: NodeJS.Timeout | null
}

function say(thread: Worker, message: ToThread): void {
  thread.postMessage(message)
}

function broken(reason: string): DrydockError {
  const message = `the second executor's thread ended: ${reason}`
  return new DrydockError(message, { code: 'EXECUTOR_BROKEN', kind: 'bug' })
}

/** Answers the interpreter's questions from a state. */
class StateAnswers {
  readonly #state: ChainState
  #reads = 0
  #readBytes = 0
  #nextKeys = 0

  constructor(state: ChainState) {
    this.#state = state
  }

  answer(question: Question): Hex | undefined {
    if (question.kind === 'get') return this.#get(question.key)
    return this.#nextKey(question.prefix, question.key)
  }

  counters() {
    return { reads: this.#reads, readBytes: this.#readBytes, nextKeys: this.#nextKeys }
  }

  #get(key: Hex): Hex | undefined {
    this.#reads++
    const value = this.#state.get(toStorageKey(hexToBinary(key)))
    if (value === null) return undefined
    this.#readBytes += value.length
    return toHex(value)
  }

  #nextKey(prefix: Hex, key: Hex): Hex | undefined {
    this.#nextKeys++
    const trie = hexToBinary(prefix)
    const inChild = trie.startsWith(CHILD_ROOT_PREFIX)
    const start = inChild ? childPrefix(trie.slice(CHILD_ROOT_PREFIX.length)) : ''
    const next = this.#state.nextKey(start + hexToBinary(key))
    if (next === null || !next.startsWith(start) || (!inChild && next.startsWith(CHILD_MARK)))
      return undefined
    const answer = next.slice(start.length)
    return answer.startsWith(inChild ? '' : trie) ? toHex(binaryToBytes(answer)) : undefined
  }
}

/** Chopsticks writes a child's key as the key of its root followed by the key itself. */
function toStorageKey(key: StorageKey): StorageKey {
  const childEnd = CHILD_ROOT_PREFIX.length + CHILD_KEY_BYTES
  if (!key.startsWith(CHILD_ROOT_PREFIX) || key.length <= childEnd) return key
  return childPrefix(key.slice(CHILD_ROOT_PREFIX.length, childEnd)) + key.slice(childEnd)
}

type Counters = Pick<CallCost, 'reads' | 'readBytes' | 'nextKeys' | 'wallMs'>

function toOutcome(entryPoint: string, response: TaskResponse | null, counters: Counters): Outcome {
  const cost: CallCost = { ...counters, writes: 0, writtenBytes: 0, heapPeakBytes: 0, allocations: 0 }
  const base = { entryPoint, denied: [], logs: [], cost }
  if (response === null) {
    return {
      ...base,
      kind: 'limit',
      limit: 'time',
      message: 'the call did not finish within its deadline',
      stack: [],
    }
  }
  if ('Error' in response) {
    return { ...base, kind: 'panic', ...parsePanicMessage(response.Error), stack: [] }
  }
  const { result, storageDiff, runtimeLogs } = response.Call
  const changes = new Map<StorageKey, Uint8Array | null>()
  for (const [key, value] of storageDiff) {
    changes.set(toStorageKey(hexToBinary(key)), value ? hexToBytes(value) : null)
  }
  const logs = runtimeLogs.map(
    (log): RuntimeLog => ({ level: (log.level ?? -1) + 1, target: log.target ?? '', message: log.message }),
  )
  return { ...base, kind: 'ok', output: hexToBytes(result), changes, logs }
}

function toHex(bytes: Uint8Array): Hex {
  // SAFETY: bytesToHex starts with 0x.
  return bytesToHex(bytes) as Hex
}
