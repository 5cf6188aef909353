import type { Facts, Finding, Severity } from '../../reports/model/finding.ts'
import type { Check, CheckContext } from './check.ts'

export interface FindingParts {
  /** Id of one of the check's rules. */
  readonly rule: string
  /** Default: the rule's. */
  readonly severity?: Severity
  readonly subject: string
  readonly title: string
  readonly facts?: Facts
  readonly evidence?: readonly string[]
}

/** A finding of `check`, with what is the same for all of its findings. Throws for a rule that the check does not list. */
export function createFinding(
  check: Pick<Check, 'id' | 'rules'>,
  context: Pick<CheckContext, 'reproduce'>,
  parts: FindingParts,
): Finding {
  const rule = check.rules.find(({ id }) => id === parts.rule)
  if (rule === undefined) throw new Error(`${check.id} has no rule ${parts.rule}`)
  return {
    check: check.id,
    rule: rule.id,
    severity: parts.severity ?? rule.severity,
    subject: parts.subject,
    title: parts.title,
    facts: parts.facts ?? {},
    evidence: parts.evidence ?? [],
    reproduce: context.reproduce(check.id),
  }
}
