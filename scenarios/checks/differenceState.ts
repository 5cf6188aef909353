import type { Check, CheckAnswer } from '../check/check.ts'
import { defineCheck } from '../check/defineCheck.ts'
import { DIFFERENCE_RULES, differenceFindings } from '../difference/differenceFinding.ts'
import { stateRunStep } from '../difference/differenceSteps.ts'
import { differenceTables } from '../difference/differenceTable.ts'

export const differenceState: Check = defineCheck({
  id: 'difference.state',
  title: 'The state is what it would be without the upgrade',
  why: 'A migration that drops rows, halves a precision or swaps two fields, and a runtime that pays nobody, break nothing that traps.',
  rules: DIFFERENCE_RULES,
  needs: stateRunStep,
  async run(context, { differences, blocks }): Promise<CheckAnswer> {
    return {
      kind: 'ran',
      ...differenceTables('state', 'state', differences),
      findings: differenceFindings(differenceState, context, differences),
      measures: { blocks },
    }
  },
})
