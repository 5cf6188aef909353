import { readFileSync } from 'node:fs'
import { z } from 'zod'
import { DrydockError, errorMessage } from '../../harness/base/errors.ts'
import type { CheckResult } from '../../reports/index.ts'
import { isCounted, isUnowned } from '../../reports/model/finding.ts'
import { type AcceptanceEntry, isAbout } from '../../scenarios/check/acceptance.ts'
import { acceptanceSchema } from '../api/configSchema.ts'
import { schemaIssues } from './loadConfig.ts'

const baselineSchema = z.strictObject({
  drydockBaseline: z.literal(1),
  findings: z.array(acceptanceSchema.required()),
})

export interface BaselineFacts {
  readonly reason: string
  /** `YYYY-MM-DD` */
  readonly until: string
}

/**
 * The findings that count or wait for review, as a baseline that accepts them: the text of a JSON file. Equal findings are in it once. Of `former`,
 * the baseline that it takes the place of, stays what this run has nothing to say of, and what it found and accepted by it.
 */
export function formatBaseline(
  checks: readonly Pick<CheckResult, 'id' | 'status' | 'findings'>[],
  { reason, until }: BaselineFacts,
  former: readonly AcceptanceEntry[] = [],
): string {
  const findings = checks.flatMap((check) => check.findings)
  const looked = new Set(checks.flatMap(({ id, status }) => (LOOKED.has(status) ? [id] : [])))
  const accepted = findings.filter((finding) => finding.accepted !== undefined)
  const kept = former.filter(
    (entry) => !looked.has(entry.check) || accepted.some((finding) => isAbout(entry, finding)),
  )
  const found = findings
    .filter((finding) => isCounted(finding) || isUnowned(finding))
    .map(({ check, rule, subject }) => ({ check, rule, subject, reason, until }))
  const entries = new Map([...kept, ...found].map((entry) => [keyOf(entry), entry]))
  const sorted = [...entries].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, entry]) => entry)
  return `${JSON.stringify({ drydockBaseline: 1, findings: sorted }, null, 2)}\n`
}

const LOOKED: ReadonlySet<CheckResult['status']> = new Set(['passed', 'review', 'failed'])

function keyOf({ check, rule, subject }: AcceptanceEntry): string {
  return `${check}/${rule}/${subject}`
}

/** The acceptances of a baseline. Throws `BASELINE_INVALID`. */
export function readBaseline(path: string): readonly AcceptanceEntry[] {
  let raw: unknown
  try {
    raw = JSON.parse(readFileSync(path, 'utf8'))
  } catch (cause) {
    throw invalid(path, errorMessage(cause))
  }
  const parsed = baselineSchema.safeParse(raw)
  if (!parsed.success) throw invalid(path, schemaIssues(parsed.error).join('; '))
  return parsed.data.findings
}

function invalid(path: string, why: string): DrydockError {
  return new DrydockError(`${path} is not a baseline: ${why}`, {
    code: 'BASELINE_INVALID',
    kind: 'usage',
    hints: ['Write it with drydock check --write-baseline FILE --reason TEXT --until DATE.'],
    details: { path },
  })
}
