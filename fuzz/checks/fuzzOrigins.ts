import type { Check, CheckAnswer } from '../../scenarios/check/check.ts'
import { defineCheck } from '../../scenarios/check/defineCheck.ts'
import { FastChain } from '../engine/fastChain.ts'
import { createAuthorityOracle } from '../oracles/authorityOracle.ts'
import { measuresOf, runBounded, settled, toFindings } from './fuzzCheck.ts'

const EXECUTIONS = 6_000

export const fuzzOrigins: Check = defineCheck({
  id: 'fuzz.origins',
  title: 'No call succeeds for an account that it is not for',
  why: 'An origin check that was lost in a change lets anybody set parameters, and no block shows it.',
  profile: 'full',
  rules: [
    {
      id: 'authority',
      severity: 'error',
      says: 'A signed call succeeds that the runtime on chain refuses for its origin, or that by its name is for root.',
    },
    { id: 'alsoBefore', severity: 'warning', says: 'The runtime on chain lets the call through as well.' },
  ],
  needs: settled,
  async run(context, chain): Promise<CheckAnswer> {
    const control = FastChain.open({ runtime: context.current })
    const oracles = () => [createAuthorityOracle(control)]
    const result = await runBounded(context, { target: chain, oracles, executions: EXECUTIONS })
    if (result.stats.succeeded === 0) {
      return {
        kind: 'inconclusive',
        reason: 'no call succeeds: no account of the state has funds',
        measures: measuresOf(result),
      }
    }
    const byName = () => [createAuthorityOracle()]
    const findings = await toFindings(fuzzOrigins, context, { findings: result.findings, oracles: byName })
    return { kind: 'ran', findings, measures: measuresOf(result) }
  },
})
