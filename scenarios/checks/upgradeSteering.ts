import type { Finding } from '../../reports/model/finding.ts'
import type { Check, CheckAnswer, CheckContext } from '../check/check.ts'
import { createFinding } from '../check/createFinding.ts'
import { defineCheck } from '../check/defineCheck.ts'
import { upgraded } from '../rehearsal/rehearsal.ts'
import { codeInPlace } from '../storage/codeInPlace.ts'
import { settledChain } from '../storage/settledChain.ts'
import { type SteeringChange, steeringChanges } from '../storage/steeringChanges.ts'

export const upgradeSteering: Check = defineCheck({
  id: 'upgrade.steering',
  title: 'Who and what steers the chain stays as it was',
  why: 'A migration that empties the authorities, replaces the sudo key or overwrites :code hands the chain to nobody or to somebody else.',
  rules: [
    {
      id: 'codeReplaced',
      severity: 'error',
      says: 'After the migration block the code on chain is not the candidate: it is gone, or something else.',
    },
    {
      id: 'emptied',
      severity: 'error',
      says: 'A value that steers the chain is gone or empty; for a person to own when the candidate no longer has the item.',
    },
    {
      id: 'replaced',
      severity: 'error',
      says: 'A value that steers the chain is another one, and without the upgrade it is not.',
    },
    {
      id: 'unreadable',
      severity: 'error',
      says: 'A value that steers the chain does not decode any more, or a node cannot read it.',
    },
  ],
  needs: upgraded,
  async run(context, upgrade): Promise<CheckAnswer> {
    const code = codeInPlace(context.candidate, upgrade.head.state)
    const findings = code === null ? [] : [codeReplaced(context, code)]
    const settled = await context.get(settledChain)
    if (settled === null) return { kind: 'ran', findings }
    const { changes, looked } = await steeringChanges(context, settled)
    return {
      kind: 'ran',
      findings: [...findings, ...changes.map((change) => toFinding(context, change))],
      measures: { values: looked },
    }
  },
})

function codeReplaced(context: CheckContext, what: string): Finding {
  return createFinding(upgradeSteering, context, {
    rule: 'codeReplaced',
    subject: ':code',
    title: `The migration block leaves another runtime than the candidate on chain: ${what}`,
    facts: { what },
  })
}

function toFinding(context: CheckContext, change: SteeringChange): Finding {
  const { kind, name, before, after, isKnown } = change
  const words = { emptied: 'is gone', replaced: 'is another one', unreadable: 'cannot be read any more' }
  return createFinding(upgradeSteering, context, {
    rule: kind,
    ...(isKnown ? {} : { severity: 'review' as const }),
    subject: name,
    title: `${name} ${words[kind]} after the upgrade: ${before}, now ${after}`,
    facts: { before, after },
  })
}
