import type { Check, CheckAnswer } from '../check/check.ts'
import { defineCheck } from '../check/defineCheck.ts'
import { DIFFERENCE_RULES, differenceFindings } from '../difference/differenceFinding.ts'
import { edgesStep, stateRunStep, unknownTo } from '../difference/differenceSteps.ts'
import { differenceTables } from '../difference/differenceTable.ts'

export const differencePopulation: Check = defineCheck({
  id: 'difference.population',
  title: 'Full collections and far heights go on as without the upgrade',
  why: 'The 257th neuron, a list at its bound, a block number that needs another byte: a chain gets there later than the rehearsal.',
  rules: DIFFERENCE_RULES,
  needs: edgesStep,
  async run(context, { population, heights }): Promise<CheckAnswer> {
    const states = await context.get(stateRunStep)
    const known = states.kind === 'there' ? states.value.differences : []
    const grown = population?.grown ?? []
    const found = [...unknownTo(known, population?.differences ?? [])]
    found.push(...unknownTo([...known, ...found], heights.differences))
    return {
      kind: 'ran',
      ...differenceTables('edges', 'full collections and far heights', found),
      findings: differenceFindings(differencePopulation, context, found),
      measures: {
        unitsGrown: grown.length,
        blocks: population?.blocks ?? 0,
        heights: heights.heights.length,
      },
      assumptions: [
        ...grown.map(({ name, from, to }) => `${name} went from ${from} to ${to}`),
        ...heights.heights.map((height) => `nothing but number and time changed up to block ${height}`),
      ],
    }
  },
})
