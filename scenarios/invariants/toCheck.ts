import type { DataTable } from '../../reports/model/dataTable.ts'
import type { Finding } from '../../reports/model/finding.ts'
import type { Check, CheckAnswer, CheckContext, CheckRule } from '../check/check.ts'
import { createFinding } from '../check/createFinding.ts'
import { defineCheck } from '../check/defineCheck.ts'
import { upgraded } from '../rehearsal/rehearsal.ts'
import type { Invariant } from './invariant.ts'
import { type Blamed, InvariantRun, type Unblamed } from './invariantRun.ts'

const RULES: readonly CheckRule[] = [
  { id: 'broken', severity: 'error', says: 'The invariant held before the upgrade and no longer does.' },
  {
    id: 'worse',
    severity: 'error',
    says: 'The invariant was already violated before the upgrade, and the violation is larger after it.',
  },
]
const SHOWN = 10

/**
 * An invariant as a check. What was broken before the upgrade, or breaks in the same blocks without it, is shown in a table
 * and not blamed on the candidate.
 */
export function toCheck(invariant: Invariant): Check {
  const { title, why } = invariant
  const check = { id: `invariants.${invariant.id}`, title, why, rules: RULES }
  return defineCheck({
    ...check,
    needs: upgraded,
    async run(context): Promise<CheckAnswer> {
      const result = await new InvariantRun(invariant, context).run()
      if (result === null) {
        return { kind: 'notApplicable', reason: 'neither runtime has the storage that the invariant reads' }
      }
      const table = unblamedTable(check.id, result.unblamed)
      return {
        kind: 'ran',
        findings: groups(result.blamed).map((group) => toFinding(check, context, group)),
        measures: { moments: result.moments, undecodable: result.undecodable },
        tables: table.rows.length === 0 ? [] : [table],
      }
    },
  })
}

function groups(blamed: readonly Blamed[]): readonly (readonly Blamed[])[] {
  const byName = new Map<string, Blamed[]>()
  for (const one of blamed) {
    const name = `${one.rule} ${one.violation.subject}`
    byName.set(name, [...(byName.get(name) ?? []), one])
  }
  return [...byName.values()]
}

function toFinding(
  check: Pick<Check, 'id' | 'rules'>,
  context: CheckContext,
  group: readonly Blamed[],
): Finding {
  const [first] = group
  if (first === undefined) throw new Error('a group of violations is empty')
  const { rule, violation, moment, before } = first
  const others = group.length === 1 ? '' : ` (and ${group.length - 1} more)`
  const then = before === null ? 'before the upgrade it held' : `before the upgrade it was off by ${before}`
  return createFinding(check, context, {
    rule,
    subject: violation.subject,
    title: `${violation.message}${others} ${moment.label} (block ${moment.number}); ${then}`,
    facts: { violations: group.length, block: moment.number, excess: violation.excess?.toString() ?? null },
    evidence: group.slice(0, SHOWN).map((one) => `block ${one.moment.number}: ${one.violation.message}`),
  })
}

function unblamedTable(id: string, unblamed: readonly Unblamed[]): DataTable {
  const rows = new Map<string, { count: number; readonly first: Unblamed }>()
  for (const one of unblamed) {
    const name = `${one.since} ${one.violation.subject}`
    const row = rows.get(name) ?? { count: 0, first: one }
    row.count++
    rows.set(name, row)
  }
  return {
    id: id.replace('.', '-'),
    title: 'Violations that the candidate did not cause',
    columns: [
      { name: 'what', kind: 'text' },
      { name: 'violations', kind: 'count' },
      { name: 'since', kind: 'text' },
      { name: 'the first', kind: 'text' },
    ],
    rows: [...rows.values()].map(({ count, first }) => [
      first.violation.subject,
      count,
      first.since,
      first.violation.message,
    ]),
  }
}
