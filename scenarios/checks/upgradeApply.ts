import { outcomeText } from '../../harness/chain/outcomeText.ts'
import type { UpgradeResult } from '../../harness/chain/upgrade.ts'
import type { Outcome } from '../../harness/runtime/executor.ts'
import type { Finding } from '../../reports/model/finding.ts'
import type { Check, CheckAnswer, CheckContext } from '../check/check.ts'
import { createFinding } from '../check/createFinding.ts'
import { defineCheck } from '../check/defineCheck.ts'
import { outcomeEvidence, outcomeFacts, outcomeSubject } from '../check/outcomeEvidence.ts'
import { rehearsedBlocks, upgradeStep } from '../rehearsal/rehearsal.ts'
import { sameStopWithout } from '../rehearsal/withoutUpgrade.ts'

export const upgradeApply: Check = defineCheck({
  id: 'upgrade.apply',
  title: 'The upgrade succeeds in the order in which the chain performs it',
  why: 'A migration that panics stops the chain at the first block of the new runtime (Picasso Rococo; Kreivo).',
  rules: [
    {
      id: 'failed',
      severity: 'error',
      says: 'The first block of the candidate cannot be built. When it is the runtime on chain whose block cannot be built here, there is no verdict.',
    },
    { id: 'refused', severity: 'error', says: 'Core_execute_block does not accept the migration block.' },
  ],
  async run(context): Promise<CheckAnswer> {
    const result = await context.get(upgradeStep)
    if (result.kind === 'codeNotSet') return cannotStart(result)
    if (result.kind === 'migrationFailed') {
      const number = result.head.number + 1
      const same = await sameStopWithout(context, number, result.block)
      if (same !== null)
        return { kind: 'inconclusive', reason: `without the upgrade the chain stops there too: ${same}` }
    }
    const failure = failureOf(result)
    if (failure !== null) return { kind: 'ran', findings: [toFinding(context, 'failed', failure)] }
    const [block] = await context.get(rehearsedBlocks)
    const proof = block?.proof ?? null
    if (proof === null) return { kind: 'inconclusive', reason: 'the migration block was not proved' }
    if (proof.execution.kind === 'ok')
      return { kind: 'ran', findings: [], measures: { block: block?.number ?? null } }
    const message = `block ${block?.number}, which the candidate built, is not accepted by Core_execute_block: ${outcomeText(proof.execution)}`
    return { kind: 'ran', findings: [toFinding(context, 'refused', { message, outcome: proof.execution })] }
  },
})

interface Failure {
  readonly message: string
  readonly outcome: Outcome
}

/**
 * The block before the upgrade is the runtime's on chain, which builds blocks elsewhere: what is missing is missing here (a header of
 * its own shape, host functions of its own, inherents that nobody provides), and says nothing of the candidate.
 */
function cannotStart({ block }: Extract<UpgradeResult, { kind: 'codeNotSet' }>): CheckAnswer {
  const denied = [...new Set(block.outcome.denied.map(({ name }) => name))]
  const asked = denied.length === 0 ? '' : `; it asked for ${denied.join(', ')}`
  const reason = `the runtime on chain cannot build a block here, so nothing is known of the candidate: ${block.message}${asked}`
  return { kind: 'inconclusive', reason }
}

function failureOf(result: Exclude<UpgradeResult, { kind: 'codeNotSet' }>): Failure | null {
  switch (result.kind) {
    case 'upgraded':
      return null
    case 'runtimeUnusable':
      return { ...result.failure, message: `the candidate cannot be used: ${result.failure.message}` }
    case 'migrationFailed':
      return { ...result.block, message: `the first block of the candidate failed: ${result.block.message}` }
  }
}

function toFinding(context: CheckContext, rule: string, { message, outcome }: Failure): Finding {
  return createFinding(upgradeApply, context, {
    rule,
    subject: outcomeSubject(outcome),
    title: message.charAt(0).toUpperCase() + message.slice(1),
    facts: outcomeFacts(outcome),
    evidence: outcomeEvidence(outcome),
  })
}
