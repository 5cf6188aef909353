import { isEqualBytes } from '../base/bytes.ts'
import { DrydockError } from '../base/errors.ts'
import { parseRuntimeBlob, type RuntimeBlob } from '../runtime/blob/index.ts'
import { type CallOptions, type Executor, NO_COST } from '../runtime/executor.ts'
import type { ChainState } from '../state/chainState.ts'
import { CODE_KEY, PENDING_CODE_KEY } from './plainKey.ts'
import { createRuntimeContext, type RuntimeContext } from './runtimeContext.ts'
import type { Answer, QueryFailure } from './runtimeQuery.ts'

interface KnownRuntime {
  readonly blob: RuntimeBlob
  context: Promise<Answer<RuntimeContext>> | null
}

/**
 * The runtimes that an executor has met, by their code, so that each is parsed and asked for its metadata once.
 * It belongs to whoever made it; forks of one chain share one.
 *
 * PERF: looked up by comparing bytes (0.05 ms a megabyte), and not at all for the very same array; hashing costs 3 ms.
 */
export class RuntimeCache {
  readonly executor: Executor
  readonly callOptions: CallOptions
  readonly #known: KnownRuntime[] = []
  readonly #byArray = new WeakMap<Uint8Array, KnownRuntime>()

  constructor(executor: Executor, callOptions: CallOptions = {}) {
    this.executor = executor
    this.callOptions = callOptions
  }

  /**
   * The runtime that builds the block after `state`: what waits in `:pending_code`, else what stands in `:code`. A state without one, or
   * with bytes that are none, is an answer that failed.
   */
  async at(state: ChainState): Promise<Answer<RuntimeContext>> {
    let blob: RuntimeBlob
    try {
      const pending = state.get(PENDING_CODE_KEY)
      blob = pending === null ? this.blobAt(state) : this.#blobOf(pending)
    } catch (error) {
      if (error instanceof DrydockError) return noRuntime(error.message)
      throw error
    }
    return this.of(blob, state)
  }

  /** A runtime that need not be in a state; `state` is only there to run on. What fails is tried again the next time. */
  async of(blob: RuntimeBlob, state: ChainState): Promise<Answer<RuntimeContext>> {
    const known = this.#find(blob.submitted, () => blob)
    const { executor, callOptions } = this
    known.context ??= createRuntimeContext({ executor, blob: known.blob, callOptions }, state)
    const answer = await known.context
    if (answer.kind === 'failed') known.context = null
    return answer
  }

  /** The blob in `:code`. Throws `FORK_NO_CODE` without one, and what `parseRuntimeBlob` throws. */
  blobAt(state: ChainState): RuntimeBlob {
    const code = state.get(CODE_KEY)
    if (code !== null && code.length > 0) return this.#blobOf(code)
    throw new DrydockError('the state has no runtime: `:code` is absent or empty', {
      code: 'FORK_NO_CODE',
      kind: 'usage',
      hints: [
        'Take the state from a raw chain spec or a snapshot that includes `:code`, or give the runtime.',
      ],
    })
  }

  #blobOf(code: Uint8Array): RuntimeBlob {
    return this.#find(code, () => parseRuntimeBlob(code.slice())).blob
  }

  #find(code: Uint8Array, parse: () => RuntimeBlob): KnownRuntime {
    let known = this.#byArray.get(code) ?? this.#known.find(({ blob }) => isEqualBytes(blob.submitted, code))
    if (known === undefined) {
      known = { blob: parse(), context: null }
      this.#known.push(known)
    }
    this.#byArray.set(code, known)
    return known
  }
}

/** A chain whose `:code` is not a runtime stops, whoever wrote it there. */
function noRuntime(reason: string): QueryFailure {
  const message = `the chain has no runtime to go on with: ${reason}`
  const outcome = {
    kind: 'invalid',
    message: reason,
    entryPoint: CODE_KEY,
    logs: [],
    cost: NO_COST,
    denied: [],
  } as const
  return { kind: 'failed', entryPoint: CODE_KEY, outcome, message }
}
