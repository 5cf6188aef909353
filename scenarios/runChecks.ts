import { DrydockError, errorMessage } from '../harness/base/errors.ts'
import type { CheckStatus, Finding } from '../harness/base/finding.ts'
import type { Clock } from '../harness/base/ports.ts'
import type { Check, CheckAnswer, CheckContext, CheckRun } from './check.ts'

/** Picks checks by id or by group (`blob` or `blob.*`), in catalogue order. Throws `CHECK_UNKNOWN` for a name that is none. */
export function selectChecks(checks: readonly Check[], only: readonly string[]): readonly Check[] {
  const matches = (check: Check, name: string) =>
    check.id === name || check.id.startsWith(`${name.replace(/\.?\*$/, '')}.`)
  for (const name of only) {
    if (!checks.some((check) => matches(check, name))) throw unknownCheck(checks, name)
  }
  return checks.filter((check) => only.some((name) => matches(check, name)))
}

/** Runs checks one after the other. What goes wrong in one makes that one inconclusive and does not stop the others. */
export async function runChecks(
  checks: readonly Check[],
  context: CheckContext,
  clock: Clock,
): Promise<readonly CheckRun[]> {
  const runs: CheckRun[] = []
  for (const check of checks) {
    context.signal.throwIfAborted()
    context.progress(`${check.id}: ${check.title}`)
    const startMs = clock.nowMs()
    const answer = await answerOf(check, context)
    runs.push(toRun(check, answer, clock.nowMs() - startMs))
  }
  return runs
}

async function answerOf(check: Check, context: CheckContext): Promise<CheckAnswer> {
  try {
    return await check.run(context)
  } catch (error) {
    // Metadata that can't be read, a module that can't be parsed: about the candidate, so a check says it.
    if (error instanceof DrydockError && error.kind === 'usage') {
      return { kind: 'inconclusive', reason: errorMessage(error) }
    }
    throw error
  }
}

function toRun({ id, title }: Check, answer: CheckAnswer, durationMs: number): CheckRun {
  const measures = answer.measures === undefined ? {} : { measures: answer.measures }
  if (answer.kind === 'inconclusive') {
    return { id, title, status: 'inconclusive', reason: answer.reason, durationMs, findings: [], ...measures }
  }
  return { id, title, status: statusOf(answer.findings), durationMs, findings: answer.findings, ...measures }
}

function statusOf(findings: readonly Finding[]): CheckStatus {
  return findings.some((finding) => finding.severity === 'error') ? 'failed' : 'passed'
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
