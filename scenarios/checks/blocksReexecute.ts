import { binaryToHex, bytesToHex } from '../../harness/base/bytes.ts'
import type { ChangeDifference } from '../../harness/chain/compareChanges.ts'
import { outcomeText } from '../../harness/chain/outcomeText.ts'
import type { ChainCodec } from '../../harness/codec/index.ts'
import type { Finding } from '../../reports/model/finding.ts'
import type { Check, CheckAnswer, CheckContext } from '../check/check.ts'
import { createFinding } from '../check/createFinding.ts'
import { defineCheck } from '../check/defineCheck.ts'
import { outcomeEvidence, outcomeFacts, outcomeSubject } from '../check/outcomeEvidence.ts'
import { blocksAfterUpgrade, type RehearsedBlock } from '../rehearsal/rehearsal.ts'
import { type SecondOpinion, secondOpinions } from '../rehearsal/secondOpinion.ts'

const SHOWN_KEYS = 10

export const blocksReexecute: Check = defineCheck({
  id: 'blocks.reexecute',
  title: 'Other nodes accept the blocks: same result, state root and changes',
  why: 'A result that depends on more than the block splits a chain (subtensor #655, Polkadot 5,203,204).',
  rules: [
    {
      id: 'refused',
      severity: 'error',
      says: 'Core_execute_block does not accept a block that the candidate built.',
    },
    {
      id: 'stateRoot',
      severity: 'error',
      says: "The header's state root is not the root of the state after the block.",
    },
    {
      id: 'otherChanges',
      severity: 'error',
      says: 'Executing a block leaves different values than building it.',
    },
    {
      id: 'secondExecutor',
      severity: 'error',
      says: 'The second executor gets a different result, or different changes.',
    },
  ],
  needs: blocksAfterUpgrade,
  async run(context, blocks): Promise<CheckAnswer> {
    const proved = blocks.filter((block) => block.proof !== null)
    if (proved.length === 0)
      return { kind: 'inconclusive', reason: 'no block could be built, so none was executed again' }
    const opinions = await secondOpinions(context, proved)
    const findings = [
      ...proved.flatMap((block) => unproved(context, block)),
      ...opinions.disagreements.map((one) => disagreement(context, one)),
    ]
    const measures = {
      executed: proved.length,
      secondExecutorCalls: opinions.compared,
      secondExecutorSkipped: opinions.skipped,
    }
    return { kind: 'ran', findings, measures }
  },
})

function unproved(context: CheckContext, { number, proof, runtime }: RehearsedBlock): Finding[] {
  if (proof === null || proof.holds) return []
  const { execution } = proof
  if (execution.kind !== 'ok') {
    const title = `Block ${number} is not accepted by Core_execute_block: ${outcomeText(execution)}`
    const facts = { block: number, ...outcomeFacts(execution) }
    const subject = outcomeSubject(execution)
    const evidence = outcomeEvidence(execution)
    return [createFinding(blocksReexecute, context, { rule: 'refused', subject, title, facts, evidence })]
  }
  const facts = { block: number }
  if (!proof.rootMatches) {
    const title = `The state root in the header of block ${number} is not the root of the state after it`
    return [
      createFinding(blocksReexecute, context, { rule: 'stateRoot', subject: 'state root', title, facts }),
    ]
  }
  const title = `Executing block ${number} leaves ${proof.differences.length} key(s) with different values than building it`
  const evidence = differenceLines(runtime.codec, proof.differences)
  const subject = runtime.codec.itemOfKey(proof.differences[0]?.key ?? '')
  return [createFinding(blocksReexecute, context, { rule: 'otherChanges', subject, title, facts, evidence })]
}

function disagreement(context: CheckContext, opinion: SecondOpinion): Finding {
  const { block, comparison } = opinion
  const { label, left, right, changes } = comparison
  const what =
    left.kind !== right.kind
      ? `${left.kind} here, ${right.kind} there`
      : changes.length > 0
        ? `${changes.length} key(s) differ`
        : 'the outputs differ'
  const title = `The second executor disagrees on block ${block.number}, ${label}: ${what}`
  const facts = { block: block.number, phase: label }
  const evidence = [
    `here: ${outcomeText(left)}`,
    `there: ${outcomeText(right)}`,
    ...differenceLines(block.runtime.codec, changes),
  ]
  const subject = changes[0] === undefined ? left.entryPoint : block.runtime.codec.itemOfKey(changes[0].key)
  return createFinding(blocksReexecute, context, { rule: 'secondExecutor', subject, title, facts, evidence })
}

function differenceLines(codec: ChainCodec, differences: readonly ChangeDifference[]): string[] {
  return differences
    .slice(0, SHOWN_KEYS)
    .map(
      ({ key, left, right }) =>
        `${codec.itemOfKey(key)} ${binaryToHex(key)}: ${valueText(left)} here, ${valueText(right)} there`,
    )
}

function valueText(value: Uint8Array | null): string {
  if (value === null) return 'absent'
  return value.length > 40
    ? `${bytesToHex(value.subarray(0, 40))}… (${value.length} bytes)`
    : bytesToHex(value)
}
