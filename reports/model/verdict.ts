import type { CheckResult } from './checkResult.ts'

/**
 * `ready`: every requested check ran and passed. `review`: all ran and nothing is broken, but differences have no owner yet.
 * `notReady`: something is lost, refused, unsafe or slower than allowed. `inconclusive`: no verdict.
 */
export type Verdict = 'ready' | 'review' | 'notReady' | 'inconclusive'

/**
 * `notReady` as soon as a check failed; `inconclusive` when a check has no result, or none ran; then `review` when a check waits for
 * a person; `ready` otherwise.
 */
export function checksToVerdict(checks: readonly Pick<CheckResult, 'status'>[]): Verdict {
  const has = (status: CheckResult['status']) => checks.some((check) => check.status === status)
  if (has('failed')) return 'notReady'
  if (has('inconclusive')) return 'inconclusive'
  if (has('review')) return 'review'
  return has('passed') ? 'ready' : 'inconclusive'
}
