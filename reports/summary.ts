import type { CheckReport } from './checkReport.ts'
import type { CheckResult } from './model/checkResult.ts'
import { type Finding, isCounted, isUnowned } from './model/finding.ts'
import type { Verdict } from './model/verdict.ts'
import { formatPlural } from './text/numbers.ts'

export interface CheckCounts {
  readonly requested: number
  readonly passed: number
  readonly review: number
  readonly failed: number
  readonly inconclusive: number
  readonly notApplicable: number
  readonly notRequested: number
}

export function countChecks(report: CheckReport): CheckCounts {
  const having = (status: CheckResult['status']) =>
    report.checks.filter((check) => check.status === status).length
  return {
    requested: report.checks.length,
    passed: having('passed'),
    review: having('review'),
    failed: having('failed'),
    inconclusive: having('inconclusive'),
    notApplicable: having('notApplicable'),
    notRequested: (report.notRequested ?? []).length,
  }
}

export const VERDICT_WORDS: Readonly<Record<Verdict, string>> = {
  ready: 'Ready',
  review: 'Review',
  notReady: 'Not ready',
  inconclusive: 'No verdict',
}

/** What became of the requested checks, in one sentence. */
export function checksSentence(report: CheckReport): string {
  const counts = countChecks(report)
  const { requested, failed, inconclusive, notApplicable, passed, review } = counts
  if (requested === 0) return 'No check ran.'
  if (failed + inconclusive + review === 0) {
    if (passed === 0) return 'No requested check applies.'
    if (requested === 1) return 'The one requested check passed.'
    if (notApplicable === 0) return `All ${requested} requested checks passed.`
    return `All ${passed} requested checks that apply passed, ${notApplicable} ${notApplicable === 1 ? 'does' : 'do'} not apply.`
  }
  const parts = [
    failed > 0 ? `${failed} failed` : '',
    review > 0 ? `${review} with differences that nobody has accepted` : '',
    inconclusive > 0 ? `${inconclusive} without a result` : '',
  ]
  return `Of ${formatPlural(requested, 'requested check')}: ${parts.filter((part) => part !== '').join(', ')}.`
}

/** `node-subtensor 101 -> 181`. */
export function versionStep({ inputs }: CheckReport): string {
  const { from, version } = inputs.runtime
  return `${from.specName} ${from.specVersion} -> ${version?.specVersion ?? 'unknown'}`
}

/** Every finding: errors first, then what waits for review, warnings, the rest, and last what the user accepted; else in their order. */
export function orderedFindings(report: CheckReport): readonly Finding[] {
  const findings = report.checks.flatMap((check) => check.findings)
  return findings.toSorted((a, b) => findingRank(a) - findingRank(b))
}

function findingRank(finding: Finding): number {
  if (finding.accepted !== undefined) return 4
  return { error: 0, review: 1, warning: 2, info: 3 }[finding.severity]
}

/** Findings that make the candidate not ready. */
export function countedFindings(report: CheckReport): readonly Finding[] {
  return orderedFindings(report).filter(isCounted)
}

/** Findings that wait for a person to own them. */
export function unownedFindings(report: CheckReport): readonly Finding[] {
  return orderedFindings(report).filter(isUnowned)
}

/** What names a finding from run to run, for people: `blocks.run/stopped`. */
export function ruleName(finding: Pick<Finding, 'check' | 'rule'>): string {
  return `${finding.check}/${finding.rule}`
}

/** A place in Rust sources. */
export interface RustLocation {
  readonly file: string
  readonly line: number
  readonly column: number | null
}

/** The place that a finding's fact `location` names, as panics have it; null when it has none. */
export function rustLocation(finding: Finding): RustLocation | null {
  const { location } = finding.facts
  if (typeof location !== 'string') return null
  const match = /^([^\n]{1,500}\.rs):(\d{1,9})(?::(\d{1,9}))?$/.exec(location)
  if (match === null) return null
  const line = Number(match[2])
  const column = match[3] === undefined ? null : Number(match[3])
  return line < 1 ? null : { file: match[1] ?? '', line, column: column === 0 ? null : column }
}

/** What to do next, most urgent first, a sentence each. */
export function nextSteps(report: CheckReport): readonly string[] {
  const { failed, review, inconclusive, notRequested } = countChecks(report)
  const steps: string[] = []
  if (failed > 0) {
    steps.push(
      `Do not ship this runtime. Fix what the ${failed === 1 ? 'failed check' : 'failed checks'} found; each finding has the command that shows it again.`,
    )
  }
  if (review > 0) {
    steps.push(
      'Read each difference under review. Accept those that the release is meant to make (drydock check --accept), and fix the others.',
    )
  }
  if (inconclusive > 0) {
    const one = inconclusive === 1
    steps.push(
      `Remove what kept ${one ? 'a check' : 'checks'} from looking, and run ${one ? 'it' : 'them'} again: no result is not a pass.`,
    )
  }
  if (report.checks.length === 0) steps.push('Run it with checks: nothing was looked at.')
  if (report.verdict === 'ready') {
    steps.push('Compare the hashes below with the proposal before anyone signs it.')
  }
  if (report.shard !== undefined && report.shard.count > 1) {
    steps.push(
      `This is shard ${report.shard.index} of ${report.shard.count}: merge all of them for the verdict (drydock report merge).`,
    )
  } else if (notRequested > 0) {
    steps.push(
      `${formatPlural(notRequested, 'check')} of the catalog ${notRequested === 1 ? 'was' : 'were'} not part of this run, see Checks.`,
    )
  }
  return steps
}

/** What the run and its checks assumed, a sentence each; those of a check begin with its id. */
export function assumptionsOf({ assumptions = [], checks }: CheckReport): readonly string[] {
  const ofChecks = checks.flatMap(({ id, assumptions: own = [] }) => own.map((text) => `${id}: ${text}`))
  return [...assumptions, ...ofChecks]
}
