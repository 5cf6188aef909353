import { setMaxListeners } from 'node:events'
import { DrydockError, errorMessage } from '../../harness/base/errors.ts'
import type { Clock } from '../../harness/base/ports.ts'
import { type CheckResult, findingsToStatus } from '../../reports/model/checkResult.ts'
import type { Finding } from '../../reports/model/finding.ts'
import type { Check, CheckAnswer, CheckContext } from './check.ts'
import { raceSignal, type SharedSteps } from './sharedSteps.ts'

export interface RunChecksOptions {
  readonly clock: Clock
  /** For each check by itself, in milliseconds, by its id. A check that takes longer has no result. */
  readonly deadlineMs: (checkId: string) => number
  /** The command line that runs one check of this run again. */
  reproduce(checkId: string): string
  /** Told as soon as a check is done, in the order in which they end. */
  onResult?(result: CheckResult): void
  /** Told of an error that a check or step of it did not expect: a bug, in Drydock or in the user's code. */
  onError?(checkId: string, error: unknown): void
  /** Turns what a check found into what counts: severities and acceptances of the user's. Default: as it is. */
  judge?(findings: readonly Finding[]): readonly Finding[]
}

/**
 * Runs checks side by side, in the order of the checks: they share the run's steps and executors, so that one computes while others
 * wait for a runtime. What goes wrong in one check, or in a step that it waits for, leaves that check without a result and does not
 * stop the others. Throws what the run was stopped with, and errors of the environment, which leave no check a result.
 */
export async function runChecks(
  checks: readonly Check[],
  steps: SharedSteps,
  options: RunChecksOptions,
): Promise<readonly CheckResult[]> {
  const running = checks.map((check) => runCheck(check, steps, options))
  for (const run of running) run.catch((error: unknown) => steps.stop(error))
  // All must have ended before the error of one is thrown.
  await Promise.allSettled(running)
  steps.signal.throwIfAborted()
  return Promise.all(running)
}

async function runCheck(check: Check, steps: SharedSteps, options: RunChecksOptions): Promise<CheckResult> {
  const startMs = options.clock.nowMs()
  const deadline = new AbortController()
  const signal = AbortSignal.any([steps.signal, deadline.signal])
  setMaxListeners(0, signal)
  const late = new CheckDeadline(options.deadlineMs(check.id))
  const timer = setTimeout(() => deadline.abort(late), late.deadlineMs)
  const context: CheckContext = {
    ...steps.inputs,
    signal,
    get: (step) => raceSignal(steps.get(step), signal),
    reproduce: (id) => options.reproduce(id),
  }
  try {
    const answer = await raceSignal(answerOf(check, context, options), signal).catch((error: unknown) => {
      if (error !== late || steps.signal.aborted) throw error
      return { kind: 'inconclusive', reason: late.message } as const
    })
    const result = toResult(check, answer, { durationMs: options.clock.nowMs() - startMs, options })
    options.onResult?.(result)
    return result
  } finally {
    clearTimeout(timer)
  }
}

/** Why a check was stopped. */
class CheckDeadline extends Error {
  readonly deadlineMs: number

  constructor(deadlineMs: number) {
    super(`it did not finish within ${deadlineMs / 1000} s`)
    this.deadlineMs = deadlineMs
  }
}

/** What a check has to say of a context. Throws when the run has to end: it was stopped, or its environment is broken. */
export async function answerOf(
  check: Check,
  context: CheckContext,
  { onError }: Pick<RunChecksOptions, 'onError'> = {},
): Promise<CheckAnswer> {
  try {
    context.signal.throwIfAborted()
    return await check.answer(context)
  } catch (error) {
    if (context.signal.aborted) throw context.signal.reason
    if (error instanceof DrydockError && error.kind === 'environment') throw error
    // Metadata that can't be read, a module that can't be parsed: about the candidate, so a check says it.
    if (!(error instanceof DrydockError)) onError?.(check.id, error)
    return { kind: 'inconclusive', reason: errorMessage(error) }
  }
}

interface ResultFacts {
  readonly durationMs: number
  readonly options: RunChecksOptions
}

function toResult(
  { id, title }: Check,
  answer: CheckAnswer,
  { durationMs, options }: ResultFacts,
): CheckResult {
  if (answer.kind !== 'ran') {
    const { kind: status, ...rest } = answer
    return { id, title, status, durationMs, findings: [], ...rest }
  }
  const { kind: _, ...rest } = answer
  const findings = options.judge?.(rest.findings) ?? rest.findings
  return { id, title, status: findingsToStatus(findings), durationMs, ...rest, findings }
}
