import { outcomeText } from '../../harness/chain/outcomeText.ts'
import type { UpgradeResult } from '../../harness/chain/upgrade.ts'
import type { Outcome } from '../../harness/runtime/executor.ts'
import type { Finding } from '../../reports/model/finding.ts'
import type { Check, CheckAnswer, CheckContext } from '../check/check.ts'
import { createFinding } from '../check/createFinding.ts'
import { defineCheck } from '../check/defineCheck.ts'
import { outcomeEvidence, outcomeFacts, outcomeSubject } from '../check/outcomeEvidence.ts'
import { rehearsedBlocks, upgradeStep } from '../rehearsal/rehearsal.ts'

export const upgradeApply: Check = defineCheck({
  id: 'upgrade.apply',
  title: 'The upgrade succeeds in the order in which the chain performs it',
  why: 'A migration that panics stops the chain at the first block of the new runtime (Picasso Rococo; Kreivo).',
  rules: [
    {
      id: 'failed',
      severity: 'error',
      says: 'The block that sets the code, or the first block of the candidate, cannot be built.',
    },
    { id: 'refused', severity: 'error', says: 'Core_execute_block does not accept the migration block.' },
  ],
  async run(context): Promise<CheckAnswer> {
    const result = await context.get(upgradeStep)
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

function failureOf(result: UpgradeResult): Failure | null {
  switch (result.kind) {
    case 'upgraded':
      return null
    case 'codeNotSet':
      return {
        ...result.block,
        message: `the runtime on chain did not build the block that sets the code: ${result.block.message}`,
      }
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
