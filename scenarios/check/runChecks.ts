import { setMaxListeners } from 'node:events'
import { DrydockError, errorMessage } from '../../harness/base/errors.ts'
import type { Clock } from '../../harness/base/ports.ts'
import type { CheckStatus } from '../../reports/model/checkResult.ts'
import { type Finding, isCounted } from '../../reports/model/finding.ts'
import type { Check, CheckAnswer, CheckContext, CheckProfile, CheckRun, Need } from './check.ts'

export interface SelectChecksOptions {
  /** Ids or groups (`blob` or `blob.*`); all when absent. They are run whatever the profile says. */
  readonly only?: readonly string[]
  /** Ids or groups to leave out. */
  readonly skip?: readonly string[]
  /** Default `full`. */
  readonly profile?: CheckProfile
}

/** Picks checks in catalogue order. Throws `CHECK_UNKNOWN` for a name that is none, and for a selection that is empty. */
export function selectChecks(checks: readonly Check[], options: SelectChecksOptions): readonly Check[] {
  const { only, skip = [], profile = 'full' } = options
  for (const name of [...(only ?? []), ...skip]) {
    if (!checks.some((check) => isNamed(check, name))) throw unknownCheck(checks, name)
  }
  const wanted = checks.filter((check) =>
    only === undefined
      ? profile === 'full' || (check.profile ?? 'quick') === 'quick'
      : only.some((name) => isNamed(check, name)),
  )
  const left = wanted.filter((check) => !skip.some((name) => isNamed(check, name)))
  if (left.length > 0) return left
  throw new DrydockError('no check is left to run', {
    code: 'CHECK_NONE',
    kind: 'usage',
    hints: ['What --only picks must not all be left out by --skip.'],
  })
}

function isNamed(check: Check, name: string): boolean {
  return check.id === name || check.id.startsWith(`${name.replace(/\.?\*$/, '')}.`)
}

export interface RunChecksOptions {
  readonly clock: Clock
  /** For each check by itself, in milliseconds, by its id. What passes it has no result. */
  readonly deadlineMs: (checkId: string) => number
  /** Told as soon as a check is done, in the order in which they end. */
  onResult?(run: CheckRun): void
  /** Turns what a check found into what counts: severities and acceptances of the user's. Default: as it is. */
  settle?(findings: readonly Finding[]): readonly Finding[]
}

/**
 * Runs checks side by side: they share the context's rehearsal and its executors, so that one computes while others wait for a
 * runtime. What goes wrong in one makes that one inconclusive and does not stop the others. Results are in the order of
 * `checks`.
 */
export async function runChecks(
  checks: readonly Check[],
  context: CheckContext,
  options: RunChecksOptions,
): Promise<readonly CheckRun[]> {
  const failure = new AbortController()
  const signal = AbortSignal.any([context.signal, failure.signal])
  // One listener for each check is no leak.
  setMaxListeners(0, signal)
  const runs = checks.map(async (check) => {
    const startMs = options.clock.nowMs()
    const answer = await answerInTime(check, { ...context, signal }, options.deadlineMs(check.id))
    const run = toRun(check, answer, { durationMs: options.clock.nowMs() - startMs, settle: options.settle })
    options.onResult?.(run)
    return run
  })
  // An error that is nobody's verdict ends all; the others must have ended before it is thrown.
  for (const run of runs) run.catch((error: unknown) => failure.abort(error))
  await Promise.allSettled(runs)
  context.signal.throwIfAborted()
  failure.signal.throwIfAborted()
  return Promise.all(runs)
}

async function answerInTime(check: Check, context: CheckContext, deadlineMs: number): Promise<CheckAnswer> {
  const deadline = new AbortController()
  const late: CheckAnswer = { kind: 'inconclusive', reason: `it did not end within ${deadlineMs / 1000} s` }
  let timer: NodeJS.Timeout | undefined
  let stop = () => {}
  const stopped = new Promise<CheckAnswer>((resolve, reject) => {
    timer = setTimeout(() => {
      deadline.abort(new Error('the deadline of the check has passed'))
      resolve(late)
    }, deadlineMs)
    stop = () => reject(context.signal.reason)
    if (context.signal.aborted) stop()
    else context.signal.addEventListener('abort', stop, { once: true })
  })
  const signal = AbortSignal.any([context.signal, deadline.signal])
  try {
    return await Promise.race([answerOf(check, { ...context, signal }), stopped])
  } finally {
    clearTimeout(timer)
    context.signal.removeEventListener('abort', stop)
  }
}

/** What a check has to say of a context, once what it needs is there. */
export async function answerOf(check: Check, context: CheckContext): Promise<CheckAnswer> {
  try {
    const missing = await missingNeed(check.needs, context)
    if (missing !== null) return { kind: 'inconclusive', reason: missing }
    context.signal.throwIfAborted()
    return await check.run(context)
  } catch (error) {
    // Metadata that can't be read, a module that can't be parsed: about the candidate, so a check says it.
    if (error instanceof DrydockError && error.kind === 'usage') {
      return { kind: 'inconclusive', reason: errorMessage(error) }
    }
    throw error
  }
}

async function missingNeed(needs: readonly Need[], { rehearsal }: CheckContext): Promise<string | null> {
  if (needs.length === 0) return null
  const upgrade = await rehearsal.upgrade()
  return upgrade.kind === 'upgraded' ? null : 'the upgrade did not go through, see upgrade.apply'
}

interface RunFacts {
  readonly durationMs: number
  readonly settle: RunChecksOptions['settle']
}

function toRun({ id, title }: Check, answer: CheckAnswer, { durationMs, settle }: RunFacts): CheckRun {
  const measures = answer.measures === undefined ? {} : { measures: answer.measures }
  if (answer.kind !== 'ran') {
    return { id, title, status: answer.kind, reason: answer.reason, durationMs, findings: [], ...measures }
  }
  const { tables, assumptions } = answer
  const findings = settle === undefined ? answer.findings : settle(answer.findings)
  return {
    id,
    title,
    status: statusOf(findings),
    durationMs,
    findings,
    ...measures,
    ...(tables === undefined ? {} : { tables }),
    ...(assumptions === undefined ? {} : { assumptions }),
  }
}

function statusOf(findings: readonly Finding[]): CheckStatus {
  return findings.some(isCounted) ? 'failed' : 'passed'
}

function unknownCheck(checks: readonly Check[], name: string): DrydockError {
  return new DrydockError(`there is no check ${JSON.stringify(name)}`, {
    code: 'CHECK_UNKNOWN',
    kind: 'usage',
    hints: [
      `Checks are: ${checks.map((check) => check.id).join(', ')}. A group such as "blob" takes all of its checks.`,
    ],
    details: { name },
  })
}
