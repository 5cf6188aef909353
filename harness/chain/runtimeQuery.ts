import { DrydockError } from '../base/errors.ts'
import type { RuntimeBlob } from '../runtime/blob/index.ts'
import type { CallOptions, Executor, Outcome } from '../runtime/executor.ts'
import type { ChainState } from '../state/chainState.ts'
import { outcomeText } from './outcomeText.ts'

/** A runtime and what runs it. */
export interface RuntimeCode {
  readonly executor: Executor
  readonly blob: RuntimeBlob
  /** Of every call that is made for this runtime. */
  readonly callOptions: CallOptions
}

export interface RuntimeQuery<T> {
  readonly entryPoint: string
  /** Default: empty. */
  readonly input?: Uint8Array
  /** The output's meaning; null, or a `DrydockError` that says more, when it is not what the entry point is specified to give. */
  readonly decode: (output: Uint8Array) => T | null
}

/** A runtime's answer that could not be had. */
export interface QueryFailure {
  readonly kind: 'failed'
  readonly entryPoint: string
  /** Not ok; or ok, with an output that could not be decoded. */
  readonly outcome: Outcome
  readonly message: string
}

export type Answer<T> = { readonly kind: 'ok'; readonly value: T } | QueryFailure

const NO_INPUT: Uint8Array = new Uint8Array()

/** Asks the runtime something over `state`. What the call changes is dropped. */
export async function queryRuntime<T>(
  runtime: RuntimeCode,
  state: ChainState,
  query: RuntimeQuery<T>,
): Promise<Answer<T>> {
  const { entryPoint, input = NO_INPUT } = query
  const { executor, blob, callOptions: options } = runtime
  const outcome = await executor.call({ blob, entryPoint, input, state, options })
  if (outcome.kind !== 'ok') {
    return { kind: 'failed', entryPoint, outcome, message: `${entryPoint}: ${outcomeText(outcome)}` }
  }
  const decoded = tryDecode(query, outcome.output)
  return typeof decoded === 'string' ? { kind: 'failed', entryPoint, outcome, message: decoded } : decoded
}

/** What the output means, or what is wrong with it. */
function tryDecode<T>({ entryPoint, decode }: RuntimeQuery<T>, output: Uint8Array): Answer<T> | string {
  try {
    const value = decode(output)
    if (value !== null) return { kind: 'ok', value }
    return `${entryPoint}: its ${output.length} bytes of output are not what it is specified to give`
  } catch (error) {
    if (!(error instanceof DrydockError)) throw error
    return `${entryPoint}: ${error.message}`
  }
}

/** True when the runtime exports a function of that name, such as `AuraApi_slot_duration`. */
export function hasEntryPoint(blob: RuntimeBlob, name: string): boolean {
  return blob.exports.some((one) => one.kind === 'function' && one.name === name)
}
