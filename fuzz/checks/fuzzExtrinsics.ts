import type { Check, CheckAnswer, CheckContext } from '../../scenarios/check/check.ts'
import { createFinding } from '../../scenarios/check/createFinding.ts'
import { defineCheck } from '../../scenarios/check/defineCheck.ts'
import type { SettledChain } from '../../scenarios/storage/settledChain.ts'
import { FastChain } from '../engine/fastChain.ts'
import { probeAdmission } from '../oracles/admissionProbe.ts'
import { createAgreementOracle } from '../oracles/agreementOracle.ts'
import { createCostOracle } from '../oracles/costOracle.ts'
import { createErrorLogOracle } from '../oracles/errorLogOracle.ts'
import { panicOracle } from '../oracles/panicOracle.ts'
import { collectPools } from '../strategies/valuePools.ts'
import { measuresOf, runBounded, settled, toFindings } from './fuzzCheck.ts'

/** Some seconds of a core on a small state; epochs of large subnets take most of it. */
const EXECUTIONS = 12_000
const ACCOUNTS_TRIED = 8
const ID = 'fuzz.extrinsics'

export const fuzzExtrinsics: Check = defineCheck({
  id: ID,
  title: 'No sequence of extrinsics that a bounded campaign finds breaks the chain',
  why: 'In March 2024 a subnet was registered, given weights, dissolved and registered again smaller, all by ordinary extrinsics, and its next epoch stopped the chain.',
  profile: 'full',
  rules: [
    {
      id: 'panic',
      severity: 'error',
      says: 'An extrinsic, or the beginning or end of a block after it, panics, never returns, or fills stack or heap.',
    },
    {
      id: 'cost',
      severity: 'error',
      says: 'A block takes more instructions or heap than a node has room for, or a call declares far less weight than it costs.',
    },
    {
      id: 'errorLog',
      severity: 'error',
      says: 'The candidate logs an error that the chain profile does not list as harmless.',
    },
    {
      id: 'agreement',
      severity: 'error',
      says: 'A block begins differently with other bytes in the heap, or on the second executor.',
    },
    {
      id: 'admission',
      severity: 'error',
      says: 'A repeated extrinsic, or one with a signature of nobody, is applied.',
    },
    {
      id: 'alsoBefore',
      severity: 'warning',
      says: 'The runtime on chain shows the same after the same extrinsics.',
    },
  ],
  needs: settled,
  async run(context, chain): Promise<CheckAnswer> {
    const agreement = () =>
      createAgreementOracle({ executor: chain.runtime.executor, second: context.secondOpinion })
    const plain = () => [panicOracle, createCostOracle(), createErrorLogOracle(context.profile)]
    const oracles = () => [...plain(), agreement()]
    const result = await runBounded(context, { target: chain, oracles, executions: EXECUTIONS })
    const admission = await probe(context, chain)
    const findings = await toFindings(fuzzExtrinsics, context, { findings: result.findings, oracles: plain })
    if (admission === null && result.stats.succeeded === 0) {
      return {
        kind: 'inconclusive',
        reason: 'no extrinsic succeeds: no account of the state has funds',
        measures: measuresOf(result),
      }
    }
    return { kind: 'ran', findings: [...(admission ?? []), ...findings], measures: measuresOf(result) }
  },
})

/** Null when no account could make a remark. */
async function probe(context: CheckContext, { runtime, head }: SettledChain) {
  const fast = FastChain.open({ runtime })
  const opened = await fast.openBlock(head)
  if (opened.kind === 'stop') return null
  const { accounts } = collectPools(runtime.codec, head.state)
  for (const account of accounts.slice(0, ACCOUNTS_TRIED)) {
    const found = await probeAdmission(fast, opened.block, { executor: runtime.executor, account })
    if (found.kind === 'inconclusive') continue
    return found.suspicions.map(({ oracle, key, title, facts }) =>
      createFinding(fuzzExtrinsics, context, { rule: oracle, subject: key, title, facts }),
    )
  }
  return null
}
