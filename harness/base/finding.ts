/** How much a finding counts: `error` makes a candidate not ready, `warning` and `info` do not. */
export type Severity = 'error' | 'warning' | 'info'

/** A fact that supports a finding, by name. Texts may come from a chain: escape them where they are shown. */
export type Facts = Readonly<Record<string, string | number | boolean | null>>

export interface Finding {
  /** Id of the check that says it, such as `blocks.run`. */
  readonly check: string
  readonly severity: Severity
  /** One sentence that names the block, pallet item, key or migration concerned. */
  readonly title: string
  readonly facts: Facts
  /** Longer evidence, a line each: a panic stack, logs, decoded values. */
  readonly evidence: readonly string[]
  /** The command line that shows it again. */
  readonly reproduce: string
}

/** What became of a requested check. `inconclusive` is never green. */
export type CheckStatus = 'passed' | 'failed' | 'inconclusive'

/** `ready`: every requested check ran and passed. */
export type Verdict = 'ready' | 'notReady' | 'inconclusive'
