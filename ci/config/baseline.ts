import { readFileSync } from 'node:fs'
import { z } from 'zod'
import { DrydockError, errorMessage } from '../../harness/base/errors.ts'
import { type Finding, isCounted } from '../../harness/base/finding.ts'
import type { Allowance } from '../../scenarios/acceptance.ts'
import { allowanceSchema } from './configSchema.ts'
import { schemaIssues } from './loadConfig.ts'

const baselineSchema = z.strictObject({
  drydockBaseline: z.literal(1),
  findings: z.array(allowanceSchema.required()),
})

export interface BaselineFacts {
  readonly reason: string
  /** `YYYY-MM-DD` */
  readonly until: string
}

/** The findings that count, as a baseline that accepts them: the text of a JSON file. Equal findings are in it once. */
export function formatBaseline(findings: readonly Finding[], { reason, until }: BaselineFacts): string {
  const entries = new Map(
    findings
      .filter(isCounted)
      .map(({ check, rule, subject }) => [
        `${check}/${rule}/${subject}`,
        { check, rule, subject, reason, until },
      ]),
  )
  const sorted = [...entries].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, entry]) => entry)
  return `${JSON.stringify({ drydockBaseline: 1, findings: sorted }, null, 2)}\n`
}

/** The allowances of a baseline. Throws `BASELINE_INVALID`. */
export function readBaseline(path: string): readonly Allowance[] {
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
  return new DrydockError(`${path} is no baseline: ${why}`, {
    code: 'BASELINE_INVALID',
    kind: 'usage',
    hints: ['Write it with drydock check --write-baseline FILE --reason TEXT --until DATE.'],
    details: { path },
  })
}
