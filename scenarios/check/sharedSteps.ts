import { setMaxListeners } from 'node:events'
import type { RunContext, RunInputs, Step } from './runContext.ts'
import { isValueOf, type StepValue } from './step.ts'

export interface SharedStepsOptions {
  /** The user's: stops steps under way. */
  readonly signal: AbortSignal
  /** Values that are there from the start; such a step is never made. */
  readonly given?: readonly StepValue<unknown>[]
}

/**
 * The steps of one run: each is made once, from the run's context, however many checks ask for it. A step that a check no longer
 * waits for goes on for the others, until the run is closed.
 */
export class SharedSteps {
  readonly inputs: RunInputs
  /** Aborted when the user stops the run, or the run has ended. */
  readonly signal: AbortSignal
  readonly #values = new Map<Step<unknown>, StepValue<unknown>>()
  readonly #end = new AbortController()
  readonly #run: RunContext

  constructor(inputs: RunInputs, { signal, given = [] }: SharedStepsOptions) {
    this.inputs = inputs
    this.signal = AbortSignal.any([signal, this.#end.signal])
    // One listener for each check and each wait is not a leak.
    setMaxListeners(0, this.signal, signal)
    for (const value of given) this.#values.set(value.step, value)
    this.#run = { ...inputs, signal: this.signal, get: (step) => this.get(step) }
  }

  get<T>(step: Step<T>): Promise<T> {
    const known = this.#values.get(step)
    if (known !== undefined && isValueOf(known, step)) return known.value
    const made = { step, value: makeStep(step, this.#run) }
    this.#values.set(step, made)
    return made.value
  }

  /** Ends the run with a reason; checks and steps that wait reject with it. */
  stop(reason: unknown): void {
    this.#end.abort(reason)
  }

  /** Ends the run and waits until no step is under way any more. Never rejects. */
  async close(): Promise<void> {
    this.stop(new Error('the run has ended'))
    await Promise.allSettled([...this.#values.values()].map(({ value }) => value))
  }

  /** True once somebody has asked for the step. */
  isStarted(step: Step<unknown>): boolean {
    return this.#values.has(step)
  }
}

function makeStep<T>(step: Step<T>, run: RunContext): Promise<T> {
  // A step that throws before its first await fails like any other.
  const value = (async () => {
    run.signal.throwIfAborted()
    return step.make(run)
  })()
  // Everybody who asks gets the failure; when nobody waits any more, it is not an unhandled rejection.
  value.catch(() => {})
  return value
}

/** Waits for `promise` as long as `signal` is not aborted; rejects with the signal's reason after that. */
export function raceSignal<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  if (signal.aborted) return Promise.reject(signal.reason)
  return new Promise<T>((resolve, reject) => {
    const stop = () => reject(signal.reason)
    signal.addEventListener('abort', stop, { once: true })
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', stop))
  })
}
