import type { Check, CheckAnswer } from '../check/check.ts'
import { defineCheck } from '../check/defineCheck.ts'
import { DIFFERENCE_RULES, differenceFindings } from '../difference/differenceFinding.ts'
import { stateRunStep, unknownTo } from '../difference/differenceSteps.ts'
import { differenceTables } from '../difference/differenceTable.ts'

export const differenceHorizon: Check = defineCheck({
  id: 'difference.horizon',
  title: 'A day of blocks goes on as without the upgrade',
  why: 'Some faults wait: a counter that runs over, a list that fills, a panic five hundred blocks later.',
  rules: DIFFERENCE_RULES,
  profile: 'full',
  needs: stateRunStep,
  async run(context, { states, differences }): Promise<CheckAnswer> {
    const { limits, signal, progress } = context
    await states.advanceTo(limits.horizonBlocks, { signal, progress })
    const later = unknownTo(differences, states.differences())
    return {
      kind: 'ran',
      ...differenceTables('horizon', 'a day of blocks', later),
      findings: differenceFindings(differenceHorizon, context, later),
      measures: { blocks: states.blocks },
    }
  },
})
