import type { Check, CheckAnswer } from '../check/check.ts'
import { defineCheck } from '../check/defineCheck.ts'
import { DIFFERENCE_RULES, differenceFindings } from '../difference/differenceFinding.ts'
import { stateRunStep, trafficStep, unknownTo, userBlocksStep } from '../difference/differenceSteps.ts'
import { differenceTables } from '../difference/differenceTable.ts'

export const differenceTraffic: Check = defineCheck({
  id: 'difference.traffic',
  title: 'Calls do what they did',
  why: 'A call that traps, is refused to everybody or open to anybody, or costs a hundred times as much shows only when somebody makes it.',
  rules: DIFFERENCE_RULES,
  needs: trafficStep,
  async run(context, { differences, calls }): Promise<CheckAnswer> {
    const [states, users] = [await context.get(stateRunStep), await context.get(userBlocksStep)]
    const known = [...(states.kind === 'there' ? states.value.differences : []), ...differences]
    const ofBlocks = users.kind === 'there' ? unknownTo(known, users.value.differences) : []
    const made = calls.filter(({ successes }) => successes.length > 0).length
    return {
      kind: 'ran',
      ...differenceTables('calls', 'calls', [...differences, ...ofBlocks]),
      findings: differenceFindings(differenceTraffic, context, [...differences, ...ofBlocks]),
      measures: {
        calls: calls.length,
        callsThatSucceed: made,
        ...(users.kind === 'there' ? { extrinsicsInBlocks: users.value.extrinsics } : {}),
      },
      assumptions: ['signers were given money, and any signature was taken'],
    }
  },
})
