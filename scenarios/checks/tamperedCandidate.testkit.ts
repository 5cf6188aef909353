import type { RuntimeBlob } from '../../harness/runtime/blob/index.ts'
import {
  ALL_FEATURES,
  type CallRequest,
  type Executor,
  type OkOutcome,
  type Outcome,
} from '../../harness/runtime/executor.ts'
import { V8Executor } from '../../harness/runtime/v8/v8Executor.ts'
import type { Changes } from '../../harness/state/stateView.ts'

/** What a hostile candidate does otherwise than the runtime that it is made from, by entry point; what is left out stays. */
export interface Tampering {
  /** Made out of the real outcome of the call. */
  readonly [entryPoint: string]: (
    outcome: OkOutcome,
    request: CallRequest,
  ) => Partial<Omit<OkOutcome, 'kind'>> | Outcome
}

/** An executor under which `candidate` misbehaves as told: each real outcome of it is changed on its way. */
export class TamperingExecutor implements Executor {
  readonly name = 'tampering'
  readonly supports = ALL_FEATURES
  readonly #inner = new V8Executor({ clock: { nowMs: () => performance.now() } })
  readonly #candidate: RuntimeBlob
  readonly #tampering: Tampering

  constructor(candidate: RuntimeBlob, tampering: Tampering) {
    this.#candidate = candidate
    this.#tampering = tampering
  }

  async call(request: CallRequest): Promise<Outcome> {
    const outcome = await this.#inner.call(request)
    const tamper = this.#tampering[request.entryPoint]
    const isOurs = Buffer.compare(request.blob.submitted, this.#candidate.submitted) === 0
    if (tamper === undefined || !isOurs || outcome.kind !== 'ok') return outcome
    const { trie: _, ...rest } = outcome
    const made = tamper(rest, request)
    return 'kind' in made ? made : { ...rest, ...made }
  }

  close(): Promise<void> {
    return this.#inner.close()
  }
}

/** Adds to what a call changed. */
export function alsoWrites(changes: Changes): Tampering[string] {
  return (outcome) => ({ changes: new Map([...outcome.changes, ...changes]) })
}
