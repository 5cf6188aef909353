import { isEqualBytes } from '../base/bytes.ts'
import { DrydockError } from '../base/errors.ts'
import { parseRuntimeBlob, type RuntimeBlob } from '../runtime/blob/index.ts'
import type { CallOptions, Executor } from '../runtime/executor.ts'
import type { ChainState } from '../state/chainState.ts'
import { CODE_KEY } from './plainKey.ts'
import { createRuntimeContext, type RuntimeContext } from './runtimeContext.ts'
import type { Answer } from './runtimeQuery.ts'

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
export class RuntimeCatalog {
  readonly executor: Executor
  readonly callOptions: CallOptions
  readonly #known: KnownRuntime[] = []
  readonly #byArray = new WeakMap<Uint8Array, KnownRuntime>()

  constructor(executor: Executor, callOptions: CallOptions = {}) {
    this.executor = executor
    this.callOptions = callOptions
  }

  /** The runtime that stands in `:code` of `state`. Throws `FORK_NO_CODE` without one, and what `parseRuntimeBlob` throws. */
  async at(state: ChainState): Promise<Answer<RuntimeContext>> {
    return this.of(this.blobAt(state), state)
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

  /** The blob in `:code`; errors as `at`. */
  blobAt(state: ChainState): RuntimeBlob {
    const code = state.get(CODE_KEY)
    if (code !== null && code.length > 0) return this.#find(code, () => parseRuntimeBlob(code.slice())).blob
    throw new DrydockError('the state has no runtime: `:code` is absent or empty', {
      code: 'FORK_NO_CODE',
      kind: 'usage',
      hints: [
        'Take the state from a raw chain spec or a snapshot that includes `:code`, or give the runtime.',
      ],
    })
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
