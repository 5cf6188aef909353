import type { Finding, Severity } from '../../reports/model/finding.ts'

/** What Drydock said of one candidate. */
export interface FaultRow {
  readonly name: string
  /** As in the report; `noReport` when there was none. */
  readonly verdict: string
  /** What the verdict rests on, gravest first: check, rule and subject. */
  readonly by: readonly string[]
  /** Checks without a result. */
  readonly inconclusive: readonly string[]
  readonly minutes: number
}

interface ReportPart {
  readonly verdict: string
  readonly checks: readonly {
    readonly id: string
    readonly status: string
    readonly findings: readonly Pick<Finding, 'check' | 'rule' | 'severity' | 'subject' | 'accepted'>[]
  }[]
}

const COUNTED: readonly Severity[] = ['error', 'review']

/** Reads the report that a run printed; `error` is what it said besides. */
export function toFaultRow(run: {
  readonly name: string
  readonly json: string
  readonly error: string
  readonly minutes: number
}): FaultRow {
  const { name, minutes } = run
  const report = parseReport(run.json)
  if (report === null) {
    const [why = 'no report'] = run.error.trim().split('\n')
    return { name, verdict: 'noReport', by: [why], inconclusive: [], minutes }
  }
  const findings = report.checks
    .flatMap((check) => check.findings)
    .filter(({ severity, accepted }) => COUNTED.includes(severity) && accepted === undefined)
    .sort((a, b) => COUNTED.indexOf(a.severity) - COUNTED.indexOf(b.severity))
  const by = new Set(findings.map(({ check, rule, subject }) => `${check}/${rule} ${subject}`))
  const inconclusive = report.checks.filter(({ status }) => status === 'inconclusive').map(({ id }) => id)
  return { name, verdict: report.verdict, by: [...by], inconclusive, minutes }
}

function parseReport(json: string): ReportPart | null {
  try {
    const value: unknown = JSON.parse(json)
    const isReport = typeof value === 'object' && value !== null && 'verdict' in value && 'checks' in value
    // SAFETY: what `drydock check --json` prints has the shape of a report, which its schema test holds.
    return isReport ? (value as ReportPart) : null
  } catch {
    return null
  }
}
