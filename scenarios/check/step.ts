import type { RunContext, Step } from './runContext.ts'

export function defineStep<T>(name: string, make: (run: RunContext) => Promise<T>): Step<T> {
  return { name, make }
}

/** The value of a step for one run. */
export interface StepValue<T> {
  readonly step: Step<T>
  readonly value: Promise<T>
}

/** True when `found` is the value of this very step. */
export function isValueOf<T>(found: StepValue<unknown>, step: Step<T>): found is StepValue<T> {
  return found.step === step
}

/** What a check needs before it can look: a step whose value is there, or missing for a reason. */
export type Need<T> = Step<Needed<T>>

export type Needed<T> =
  | { readonly kind: 'there'; readonly value: T }
  /** The check has no result, with this reason. */
  | { readonly kind: 'missing'; readonly reason: string }

/** A need that is made from other steps. */
export function defineNeed<T>(name: string, make: (run: RunContext) => Promise<Needed<T>>): Need<T> {
  return defineStep(name, make)
}
