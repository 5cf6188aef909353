import type { Check, CheckAnswer } from '../check/check.ts'
import { defineCheck } from '../check/defineCheck.ts'
import { DIFFERENCE_RULES, differenceFindings } from '../difference/differenceFinding.ts'
import { stateRunStep } from '../difference/differenceSteps.ts'

export const differenceHorizon: Check = defineCheck({
  id: 'difference.horizon',
  title: 'A day of blocks goes on as without the upgrade',
  why: 'Some faults wait: a counter that runs over, a list that fills, a panic five hundred blocks later.',
  rules: DIFFERENCE_RULES,
  profile: 'full',
  needs: stateRunStep,
  async run(context, { states, differences }): Promise<CheckAnswer> {
    const { limits, signal, progress } = context
    const known = new Set(differences.map(({ kind, subject }) => `${kind} ${subject}`))
    await states.advanceTo(limits.horizonBlocks, { signal, progress })
    const later = states.differences().filter(({ kind, subject }) => !known.has(`${kind} ${subject}`))
    return {
      kind: 'ran',
      findings: differenceFindings(differenceHorizon, context, later),
      measures: { blocks: states.blocks },
    }
  },
})
