import { shrinkValue } from './shrinkValue.ts'
import type { Step } from './step.ts'

/** Simpler sequences, simplest first: halves, one step less, one argument or number of blocks smaller. */
export function* shrinkSteps(steps: readonly Step[]): Generator<readonly Step[]> {
  for (let size = Math.ceil(steps.length / 2); size >= 1; size = size === 1 ? 0 : Math.ceil(size / 2)) {
    for (let end = steps.length; end > 0; end -= size) {
      const start = Math.max(0, end - size)
      yield [...steps.slice(0, start), ...steps.slice(end)]
    }
  }
  for (const [i, step] of steps.entries()) {
    for (const simpler of shrinkStep(step)) yield steps.map((one, j) => (i === j ? simpler : one))
  }
}

/** Simpler forms of one step. */
export function* shrinkStep(step: Step): Generator<Step> {
  if (step.kind === 'call') for (const args of shrinkValue(step.args)) yield { ...step, args }
  else
    for (const count of shrinkValue(step.count))
      if (Number(count) > 0) yield { ...step, count: Number(count) }
}
