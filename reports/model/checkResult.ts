import type { DataTable } from './dataTable.ts'
import { type Facts, type Finding, isCounted, isUnowned } from './finding.ts'

/**
 * What became of a requested check. `review`: nothing is broken, and differences wait for a person to own them. `inconclusive`: it
 * could not look, and is never green. `notApplicable`: there is nothing for it to look at on this chain, with the reason; it does
 * not count.
 */
export type CheckStatus = 'passed' | 'review' | 'failed' | 'inconclusive' | 'notApplicable'

/** What the findings of a check that ran make of it. */
export function findingsToStatus(findings: readonly Finding[]): CheckStatus {
  if (findings.some(isCounted)) return 'failed'
  return findings.some(isUnowned) ? 'review' : 'passed'
}

/** A check that was requested, and what became of it. */
export interface CheckResult {
  /** Such as `blocks.run`. */
  readonly id: string
  readonly title: string
  readonly status: CheckStatus
  /** Why it is inconclusive, or not applicable. */
  readonly reason?: string
  readonly durationMs: number
  readonly findings: readonly Finding[]
  /** What it measured, by name with the unit in it. */
  readonly measures?: Facts
  /** What it has to show beside its findings. */
  readonly tables?: readonly DataTable[]
  /** What it assumed and a real chain may not grant, a sentence each. */
  readonly assumptions?: readonly string[]
}
