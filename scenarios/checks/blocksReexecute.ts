import { binaryToHex, bytesToHex } from '../../harness/base/bytes.ts'
import type { Facts, Finding } from '../../harness/base/finding.ts'
import type { ChangeDifference } from '../../harness/chain/compareChanges.ts'
import { outcomeText } from '../../harness/chain/outcomeText.ts'
import type { ChainCodec } from '../../harness/codec/index.ts'
import type { Check, CheckAnswer, CheckContext } from '../check.ts'
import { outcomeEvidence, outcomeFacts } from '../outcomeEvidence.ts'
import type { RehearsedBlock } from '../rehearsal.ts'
import { type SecondOpinion, secondOpinions } from '../secondOpinion.ts'

const SHOWN_KEYS = 10

export const blocksReexecute: Check = {
  id: 'blocks.reexecute',
  title: 'Other nodes accept the blocks: same result, state root and changes',
  why: 'A result that depends on more than the block splits a chain (subtensor #655, Polkadot 5,203,204).',
  async run(context): Promise<CheckAnswer> {
    const blocks = await context.rehearsal.blocks()
    const proved = blocks.filter((block) => block.proof !== null)
    if (proved.length === 0)
      return { kind: 'inconclusive', reason: 'no block came about to be executed again' }
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
}

function unproved(context: CheckContext, { number, proof, runtime }: RehearsedBlock): Finding[] {
  if (proof === null || proof.holds) return []
  const { execution } = proof
  if (execution.kind !== 'ok') {
    const title = `Block ${number} is not accepted by Core_execute_block: ${outcomeText(execution)}`
    return [
      finding(context, title, { block: number, ...outcomeFacts(execution) }, outcomeEvidence(execution)),
    ]
  }
  if (!proof.rootMatches) {
    const title = `The state root in the header of block ${number} is not the root of the state after it`
    return [finding(context, title, { block: number }, [])]
  }
  const title = `Executing block ${number} leaves ${proof.differences.length} key(s) with other values than building it`
  return [finding(context, title, { block: number }, differenceLines(runtime.codec, proof.differences))]
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
  const outcomes = [`here: ${outcomeText(left)}`, `there: ${outcomeText(right)}`]
  return finding(context, title, { block: block.number, phase: label }, [
    ...outcomes,
    ...differenceLines(block.runtime.codec, changes),
  ])
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

function finding(context: CheckContext, title: string, facts: Facts, evidence: readonly string[]): Finding {
  return {
    check: blocksReexecute.id,
    severity: 'error',
    title,
    facts,
    evidence,
    reproduce: context.reproduce(blocksReexecute.id),
  }
}
