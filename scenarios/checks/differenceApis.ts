import type { Check, CheckAnswer } from '../check/check.ts'
import { defineCheck } from '../check/defineCheck.ts'
import { DIFFERENCE_RULES, differenceFindings } from '../difference/differenceFinding.ts'
import { apisStep } from '../difference/differenceSteps.ts'
import { differenceTables } from '../difference/differenceTable.ts'

export const differenceApis: Check = defineCheck({
  id: 'difference.apis',
  title: 'Nodes and wallets are told what they were: runtime APIs, constants',
  why: 'Blocks can go on while nobody can sign: nodes and wallets ask the runtime for nonces, fees and the validity of extrinsics.',
  rules: DIFFERENCE_RULES,
  needs: apisStep,
  async run(context, { differences, methods, questions }): Promise<CheckAnswer> {
    return {
      kind: 'ran',
      ...differenceTables('apis', 'what nodes and wallets are told', differences),
      findings: differenceFindings(differenceApis, context, differences),
      measures: { methods, questions },
    }
  },
})
