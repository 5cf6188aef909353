import type { Check, CheckAnswer } from '../check/check.ts'
import { defineCheck } from '../check/defineCheck.ts'
import { DIFFERENCE_RULES, differenceFindings } from '../difference/differenceFinding.ts'
import { wayOutStep } from '../difference/differenceSteps.ts'
import { differenceTables } from '../difference/differenceTable.ts'

export const upgradeWayOut: Check = defineCheck({
  id: 'upgrade.wayOut',
  title: 'The chain can be upgraded again, by those who could before',
  why: 'A lost sudo key, a filter that refuses set_code or a panic in it leaves a chain that only a hard fork of its nodes can mend.',
  rules: DIFFERENCE_RULES,
  needs: wayOutStep,
  async run(context, way): Promise<CheckAnswer> {
    if (way === null) {
      return {
        kind: 'notApplicable',
        reason: 'the candidate has no version to raise, or the chain no usual way to upgrade',
      }
    }
    return {
      kind: 'ran',
      ...differenceTables('way-out', 'the next upgrade', way.differences),
      findings: differenceFindings(upgradeWayOut, context, way.differences),
      measures: { by: way.by },
      assumptions: way.assumptions,
    }
  },
})
