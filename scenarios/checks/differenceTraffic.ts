import type { Check, CheckAnswer } from '../check/check.ts'
import { defineCheck } from '../check/defineCheck.ts'
import { DIFFERENCE_RULES, differenceFindings } from '../difference/differenceFinding.ts'
import { trafficStep } from '../difference/differenceSteps.ts'

export const differenceTraffic: Check = defineCheck({
  id: 'difference.traffic',
  title: 'Calls do what they did',
  why: 'A call that traps, is refused to everybody or open to anybody, or costs a hundred times as much shows only when somebody makes it.',
  rules: DIFFERENCE_RULES,
  needs: trafficStep,
  async run(context, { differences, calls }): Promise<CheckAnswer> {
    const made = calls.filter(({ successes }) => successes.length > 0).length
    return {
      kind: 'ran',
      findings: differenceFindings(differenceTraffic, context, differences),
      measures: { calls: calls.length, callsThatSucceed: made },
      assumptions: ['signers were given money, and any signature was taken'],
    }
  },
})
