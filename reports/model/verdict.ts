import type { CheckResult } from './checkResult.ts'

/** `ready`: every requested check ran and passed. */
export type Verdict = 'ready' | 'notReady' | 'inconclusive'

/** `notReady` as soon as a check failed; `ready` when at least one ran and all passed; `inconclusive` in every other case. */
export function checksToVerdict(checks: readonly Pick<CheckResult, 'status'>[]): Verdict {
  if (checks.some((check) => check.status === 'failed')) return 'notReady'
  if (checks.some((check) => check.status === 'inconclusive')) return 'inconclusive'
  return checks.some((check) => check.status === 'passed') ? 'ready' : 'inconclusive'
}
