import { getHeapStatistics } from 'node:v8'
import { DrydockError } from '../../base/errors.ts'
import type { Clock } from '../../base/ports.ts'
import { ChainState } from '../../state/chainState.ts'
import { Overlay } from '../../state/overlay.ts'
import { createPackedStore } from '../../state/store/packedStore.ts'
import { parseRuntimeBlob, type RuntimeBlob } from '../blob/index.ts'
import { createKeystore } from '../crypto/keystore.ts'
import {
  ALL_FEATURES,
  type CallCost,
  type CallOptions,
  type CallRequest,
  type Executor,
  NO_COST,
  type Outcome,
  type WriteMark,
} from '../executor.ts'
import { DEFAULT_HEAP_PAGES, heapPagesOf } from '../heapPages.ts'
import { encodeRuntimeVersion } from '../host/encodeRuntimeVersion.ts'
import type { HostServices } from '../host/hostContext.ts'
import { HostError } from '../host/hostError.ts'
import { HOST_FUNCTIONS } from '../host/hostFunctions.ts'
import { withDeepStackTraces } from '../panic/captureWasmStack.ts'
import { CompiledRuntime, type CompiledRuntimeOptions, type RuntimeRun } from './compiledRuntime.ts'
import { failureOutcome } from './failureOutcome.ts'
import { HOST_CORE_WASM } from './hostCoreWasm.ts'
import { createHostServices } from './hostServices.ts'
import { recordMarks } from './recordMarks.ts'
import { UnrunnableModuleError } from './unrunnableModuleError.ts'

const MAX_MACHINES = 4
const U64_MAX = 2n ** 64n - 1n
const DEFAULT_LOG_LEVEL = 3
/** Of the thread's heap, for the bookkeeping of one call's changes; tables double, and all is packed once more to be sent. */
const HELD_SHARE = 1 / 4

export interface V8ExecutorOptions {
  readonly clock: Clock
}

/**
 * Runs runtimes in V8, in the calling thread: synchronous, fast, and without a deadline. `WorkerExecutor` runs it behind
 * one.
 */
export class V8Executor implements Executor {
  readonly name = 'v8'
  readonly supports = ALL_FEATURES
  readonly #clock: Clock
  readonly #services: HostServices
  readonly #rows = new Map(HOST_FUNCTIONS.map((row) => [row.name, row]))
  readonly #hostCore = new WebAssembly.Module(Buffer.from(HOST_CORE_WASM, 'base64'))
  /** Least recently used first. */
  readonly #machines = new Map<string, CompiledRuntime>()
  readonly #maxHeldBytes = Math.floor(getHeapStatistics().heap_size_limit * HELD_SHARE)
  #closed = false

  constructor({ clock }: V8ExecutorOptions) {
    this.#clock = clock
    this.#services = createHostServices((code) => this.#versionOf(code))
  }

  call(request: CallRequest): Promise<Outcome> {
    return Promise.resolve(this.callSync(request))
  }

  /** As `call`, at once. */
  callSync(request: CallRequest): Outcome {
    if (this.#closed) {
      throw new DrydockError('a call was made on a closed executor', { code: 'EXECUTOR_CLOSED', kind: 'bug' })
    }
    const { blob, entryPoint, state, options = {} } = request
    const startMs = this.#clock.nowMs()
    try {
      const machine = this.#machineFor(blob, {
        heapPages: options.heapPages ?? heapPagesOf(state),
        countsInstructions: options.countInstructions ?? false,
      })
      const refusal = machine.refusalOf(entryPoint)
      if (refusal !== null) return invalid(entryPoint, refusal)
      const overlay = new Overlay(state, { maxHeldBytes: this.#maxHeldBytes })
      const elapsedMs = () => this.#clock.nowMs() - startMs
      const recorder = options.markWrites ? recordMarks(overlay, options.markWrites, elapsedMs) : null
      const call = { ...hostCall(overlay, options), point: recorder?.point ?? null }
      const run = withDeepStackTraces(() => machine.run(entryPoint, request.input, call))
      return toOutcome(request, run, { overlay, wallMs: elapsedMs(), marks: recorder?.marks ?? null })
    } catch (error) {
      if (!(error instanceof UnrunnableModuleError)) throw error
      return error.memory ? limited(entryPoint, error.message) : invalid(entryPoint, error.message)
    }
  }

  async close(): Promise<void> {
    this.#closed = true
    this.#machines.clear()
  }

  #machineFor(
    blob: RuntimeBlob,
    variant: Pick<CompiledRuntimeOptions, 'heapPages' | 'countsInstructions'>,
  ): CompiledRuntime {
    const key = `${blob.sha256}/${variant.heapPages}/${variant.countsInstructions}`
    const known = this.#machines.get(key)
    this.#machines.delete(key)
    const machine =
      known ??
      new CompiledRuntime(blob, {
        ...variant,
        services: this.#services,
        rows: this.#rows,
        hostCore: this.#hostCore,
      })
    this.#machines.set(key, machine)
    for (const oldest of this.#machines.keys()) {
      if (this.#machines.size <= MAX_MACHINES) break
      this.#machines.delete(oldest)
    }
    return machine
  }

  /** For `misc_runtime_version`: from the sections, else the runtime is asked; null when neither says. */
  #versionOf(code: Uint8Array): Uint8Array | null {
    try {
      const blob = parseRuntimeBlob(code)
      return blob.version === null ? this.#askVersion(blob) : encodeRuntimeVersion(blob.version)
    } catch (error) {
      if (error instanceof UnrunnableModuleError) return null
      if (error instanceof DrydockError && error.kind === 'usage') return null
      throw error
    }
  }

  /**
   * In a machine of its own: the code may be the very runtime that asks, whose instance is in the middle of a call. The
   * runtime asked can't ask on, as on a node.
   */
  #askVersion(blob: RuntimeBlob): Uint8Array | null {
    const services: HostServices = {
      ...this.#services,
      runtimeVersion: () => {
        throw new HostError('trap', 'a runtime that is asked for its version asked for another version')
      },
    }
    const options = {
      heapPages: DEFAULT_HEAP_PAGES,
      countsInstructions: false,
      services,
      rows: this.#rows,
      hostCore: this.#hostCore,
    }
    const machine = new CompiledRuntime(blob, options)
    if (machine.refusalOf('Core_version') !== null) return null
    const state = ChainState.fromStore(createPackedStore([]))
    const overlay = new Overlay(state, { maxHeldBytes: this.#maxHeldBytes })
    return machine.run('Core_version', new Uint8Array(0), hostCall(overlay, {})).output
  }
}

function hostCall(overlay: Overlay, options: CallOptions) {
  return {
    overlay,
    keystore: createKeystore(),
    signatures: options.signatures ?? 'verify',
    maxLogLevel: options.maxLogLevel ?? DEFAULT_LOG_LEVEL,
    storageProofSize: options.storageProofSize ?? U64_MAX,
    assumedStateRoot: options.assumedStateRoot ?? null,
    freshInstance: options.freshInstance === true || options.heapFill !== undefined,
    heapFill: options.heapFill ?? null,
    point: null,
  } as const
}

function toOutcome(
  { entryPoint, blob }: CallRequest,
  run: RuntimeRun,
  { overlay, wallMs, marks }: { overlay: Overlay; wallMs: number; marks: readonly WriteMark[] | null },
): Outcome {
  const { heapPeakBytes, allocations, instructions } = run
  const counted = instructions === null ? {} : { instructions }
  const cost: CallCost = { wallMs, ...overlay.counters, heapPeakBytes, allocations, ...counted }
  const marked = marks === null ? {} : { marks }
  const base = { entryPoint, logs: run.host.logs, denied: run.host.denied, cost, ...marked }
  if (run.error !== null) return failureOutcome(base, run.error.thrown, { blob, host: run.host })
  if (run.output === null)
    throw new DrydockError('a run ended without output', { code: 'V8_BUG', kind: 'bug' })
  const left = overlay.openTransactions
  while (overlay.rollbackTransaction());
  if (left > 0) {
    base.logs.push({
      level: 2,
      target: 'runtime',
      message: `${left} storage transactions are left open by the runtime`,
    })
  }
  const trie = overlay.trieAfter
  const changes = overlay.changes()
  return { ...base, kind: 'ok', output: run.output, changes, ...(trie === null ? {} : { trie }) }
}

function invalid(entryPoint: string, message: string): Outcome {
  return { kind: 'invalid', entryPoint, message, logs: [], denied: [], cost: NO_COST }
}

function limited(entryPoint: string, message: string): Outcome {
  return {
    kind: 'limit',
    limit: 'memory',
    entryPoint,
    message,
    stack: [],
    logs: [],
    denied: [],
    cost: NO_COST,
  }
}
