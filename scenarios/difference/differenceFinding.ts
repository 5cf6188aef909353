import type { Finding, Severity } from '../../reports/model/finding.ts'
import type { Check, CheckContext, CheckRule } from '../check/check.ts'
import { createFinding } from '../check/createFinding.ts'
import { type Difference, type DifferenceKind, sortDifferences } from './difference.ts'

const SAYS: Readonly<Record<DifferenceKind, readonly [Severity, string]>> = {
  trapped: ['error', 'What came back under the runtime on chain traps.'],
  allowed: ['error', 'What the runtime on chain refuses succeeds.'],
  lost: ['error', 'What is there without the upgrade is gone, at its default, or refused to everybody.'],
  ended: ['error', 'What happens again and again without the upgrade can never happen any more.'],
  outside: ['error', 'What nodes, wallets or other chains hold outside of the runtime is another one.'],
  changed: ['review', 'It comes out differently than without the upgrade.'],
  new: ['info', 'It was not there before, or the upgrade itself explains it.'],
}

/** The rules of a check that tells differences, one for each kind of difference. */
export const DIFFERENCE_RULES: readonly CheckRule[] = Object.entries(SAYS).map(([id, [severity, says]]) => ({
  id,
  severity,
  says,
}))

/** Differences as the findings of a check, gravest first; new things are left to the report's page. */
export function differenceFindings(
  check: Pick<Check, 'id' | 'rules'>,
  context: Pick<CheckContext, 'reproduce'>,
  differences: readonly Difference[],
): readonly Finding[] {
  return sortDifferences(differences)
    .filter(({ kind }) => kind !== 'new')
    .map(({ kind, area, subject, title, facts, evidence }) =>
      createFinding(check, context, { rule: kind, subject, title, facts: { area, ...facts }, evidence }),
    )
}
