/**
 * How much a finding counts. `error`: the candidate is not ready. `review`: nothing is broken, but the candidate does something
 * otherwise than the runtime on chain, and a person has to own it before the release. `warning` and `info` do not count.
 */
export type Severity = 'error' | 'review' | 'warning' | 'info'

/** A fact that supports a finding, by name. Texts may come from a chain: escape them where they are shown. */
export type Facts = Readonly<Record<string, string | number | boolean | null>>

export interface Finding {
  /** Id of the check that says it, such as `blocks.run`. */
  readonly check: string
  /** Which of the check's rules, in camelCase, such as `callMoved`. With `subject` it names the finding from run to run. */
  readonly rule: string
  readonly severity: Severity
  /**
   * What it is about, the same in each run that finds the same fault: a pallet item, a call, a place in the source, a
   * migration. Without block numbers, amounts and times.
   */
  readonly subject: string
  /** One sentence that names the block, pallet item, key or migration concerned. */
  readonly title: string
  readonly facts: Facts
  /** Longer evidence, a line each: a panic stack, logs, decoded values. */
  readonly evidence: readonly string[]
  /** The command line that shows it again. */
  readonly reproduce: string
  /** Set when the user has accepted it beforehand: it is shown and does not count. */
  readonly accepted?: Acceptance
}

/** Why a finding does not count. */
export interface Acceptance {
  readonly reason: string
  /** Last day on which it holds, `YYYY-MM-DD`. */
  readonly until: string
}

/** True when a finding makes the candidate not ready. */
export function isCounted(finding: Finding): boolean {
  return finding.severity === 'error' && finding.accepted === undefined
}

/** True when a finding waits for a person to own it. */
export function isUnowned(finding: Finding): boolean {
  return finding.severity === 'review' && finding.accepted === undefined
}
