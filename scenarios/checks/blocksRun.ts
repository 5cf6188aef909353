import { binaryToHex } from '../../harness/base/bytes.ts'
import type { BuiltBlock } from '../../harness/chain/build/blockBuilder.ts'
import { phaseLabel } from '../../harness/chain/build/phase.ts'
import { queryRuntime } from '../../harness/chain/runtimeQuery.ts'
import { decodeCompact } from '../../harness/codec/scale.ts'
import type { Finding } from '../../reports/model/finding.ts'
import { isHarmlessError } from '../check/chainProfile.ts'
import type { Check, CheckAnswer, CheckContext } from '../check/check.ts'
import { createFinding } from '../check/createFinding.ts'
import { defineCheck } from '../check/defineCheck.ts'
import { logLine, outcomeEvidence, outcomeFacts, outcomeSubject } from '../check/outcomeEvidence.ts'
import { blockCost } from '../rehearsal/blockCost.ts'
import { growingItems, itemsGrowingSince } from '../rehearsal/growth.ts'
import {
  blocksAfterUpgrade,
  controlBlocks,
  type RehearsedBlock,
  upgradeStep,
} from '../rehearsal/rehearsal.ts'
import { logShape, logsWithout, sameStopWithout } from '../rehearsal/withoutUpgrade.ts'

const ERROR_LEVEL = 1
const SHOWN_LOGS = 10
/**
 * Where a runtime keeps who may author and finalize blocks. A list of authors counts while blocks are claimed by it: a chain
 * that leaves Aura for BABE empties Aura's.
 */
const AUTHORITY_LISTS = [
  { entryPoint: 'AuraApi_authorities', isInUse: ({ claim }: BuiltBlock) => claim.inherentId === 'auraslot' },
  { entryPoint: 'GrandpaApi_grandpa_authorities', isInUse: () => true },
]

export const blocksRun: Check = defineCheck({
  id: 'blocks.run',
  title: 'The blocks after the upgrade can be built',
  why: 'Bittensor stopped on 17 March 2024 when on_initialize ran an epoch that indexed out of bounds; Robonomics stopped when its list of authorities was empty.',
  rules: [
    {
      id: 'stopped',
      severity: 'error',
      says: 'A block cannot be built: panic, limit, or a failed mandatory inherent.',
    },
    {
      id: 'errorLog',
      severity: 'error',
      says: 'The runtime logs at ERROR and continues, and the chain profile does not list the line as harmless.',
    },
    {
      id: 'authoritiesGone',
      severity: 'error',
      says: 'A list of authorities that the chain uses is empty or cannot be read after the upgrade.',
    },
    { id: 'clockStands', severity: 'error', says: 'Timestamp.Now does not move in a block.' },
    {
      id: 'slotDuration',
      severity: 'error',
      says: 'The slot duration changes, so slot numbers jump.',
    },
    {
      id: 'growth',
      severity: 'error',
      says: 'An item gains keys in every block under the candidate, but not without the upgrade; a warning when it gains one key a block, which may be a list that fills up.',
    },
  ],
  needs: blocksAfterUpgrade,
  async run(context, blocks): Promise<CheckAnswer> {
    const stop = blocks.at(-1)
    if (stop?.result.kind === 'failed') {
      const same = await sameStopWithout(context, stop.number, stop.result)
      if (same !== null) {
        return { kind: 'inconclusive', reason: `without the upgrade the chain stops there too: ${same}` }
      }
    }
    const errors = await loggedErrors(context, blocks)
    const findings = [
      ...blocks.flatMap((block) => failedBlock(context, block)),
      ...errorLogs(context, errors.serious),
      ...(await emptyAuthorities(context, blocks)),
      ...standingClock(context, blocks),
      ...(await otherSlots(context)),
      ...(await growth(context, blocks)),
    ]
    const built = blocks.filter((block) => block.result.kind === 'built')
    const times = built.map((block) => blockCost(block).ms).sort((a, b) => a - b)
    return {
      kind: 'ran',
      findings,
      measures: {
        blocks: built.length,
        medianMs: round(times[times.length >> 1] ?? 0),
        slowestMs: round(times.at(-1) ?? 0),
        harmlessErrorLogs: errors.harmless,
      },
      assumptions: [
        'The blocks after the upgrade contain inherents only: no user sends extrinsics in the rehearsal.',
      ],
    }
  },
})

function failedBlock(context: CheckContext, block: RehearsedBlock): Finding[] {
  if (block.result.kind === 'built') return []
  const { message, outcome, phase } = block.result
  const hook = phase.kind === 'initialize' ? ' (on_initialize runs in this phase)' : ''
  return [
    createFinding(blocksRun, context, {
      rule: 'stopped',
      subject: outcomeSubject(outcome),
      title: `The chain stops: ${message}${hook}`,
      facts: {
        block: block.number,
        phase: phase.kind === 'authoring' ? 'authoring' : phaseLabel(phase),
        ...outcomeFacts(outcome),
      },
      evidence: outcomeEvidence(outcome),
    }),
  ]
}

interface ErrorLine {
  readonly block: number
  readonly line: string
  /** Who logged it. */
  readonly target: string
}

/** Sorted by what the chain's profile lists as harmless, and what the runtime on chain logs as well. */
async function loggedErrors(
  context: CheckContext,
  blocks: readonly RehearsedBlock[],
): Promise<{ readonly serious: readonly ErrorLine[]; readonly harmless: number }> {
  const { profile, fork } = context
  const usual = await logsWithout(context, blocks.at(-1)?.number ?? fork.head.number)
  const serious: ErrorLine[] = []
  let harmless = 0
  for (const block of blocks) {
    for (const { name, outcome } of block.result.phases) {
      for (const log of outcome.kind === 'ok' ? outcome.logs : []) {
        if (log.level !== ERROR_LEVEL) continue
        if (isHarmlessError(profile, log) || usual.has(logShape(log))) harmless++
        else {
          const line = `${phaseLabel(name)}: ${logLine(log)}`
          serious.push({ block: block.number, line, target: log.target })
        }
      }
    }
  }
  return { serious, harmless }
}

/** A runtime that logs an error and goes on hides a failure: subtensor's block step does. */
function errorLogs(context: CheckContext, lines: readonly ErrorLine[]): Finding[] {
  const [first] = lines
  if (first === undefined) return []
  return [
    createFinding(blocksRun, context, {
      rule: 'errorLog',
      subject: first.target,
      title: `The runtime logged ${lines.length} error(s) and continued, the first in block ${first.block}: ${first.line}`,
      facts: { block: first.block, lines: lines.length },
      evidence: lines.slice(0, SHOWN_LOGS).map(({ block, line }) => `block ${block}: ${line}`),
    }),
  ]
}

async function emptyAuthorities(
  context: CheckContext,
  blocks: readonly RehearsedBlock[],
): Promise<Finding[]> {
  const last = blocks.findLast((block) => block.result.kind === 'built')
  if (last?.result.kind !== 'built') return []
  const { head } = last.result
  const findings: Finding[] = []
  for (const { entryPoint, isInUse } of AUTHORITY_LISTS) {
    if (!isInUse(last.result)) continue
    if (!last.runtime.blob.exports.some((one) => one.name === entryPoint)) continue
    const count = await queryRuntime(last.runtime, head.state, { entryPoint, decode: decodeCompact })
    const before = await queryRuntime(context.current, context.fork.head.state, {
      entryPoint,
      decode: decodeCompact,
    })
    const had = before.kind === 'ok' ? before.value.value : 0
    if (count.kind === 'ok' && (count.value.value > 0 || had === 0)) continue
    const after = count.kind === 'ok' ? 'is empty' : `cannot be read: ${count.message}`
    const finding = createFinding(blocksRun, context, {
      rule: 'authoritiesGone',
      subject: entryPoint,
      title: `${entryPoint} had ${had} authorities before the upgrade; after block ${head.number} the list ${after}`,
      facts: { entryPoint, before: had, block: head.number },
    })
    findings.push(finding)
  }
  return findings
}

/** Blocks built while the chain's clock does not move are of no use. */
function standingClock(context: CheckContext, blocks: readonly RehearsedBlock[]): Finding[] {
  const stood = blocks.find(({ result, parent, runtime }) => {
    if (result.kind !== 'built' || !runtime.codec.hasPallet('Timestamp')) return false
    const key = runtime.codec.storageKey('Timestamp', 'Now')
    const before = parent.state.get(key)
    const after = result.head.state.get(key)
    return before !== null && after !== null && Buffer.compare(before, after) === 0
  })
  if (stood === undefined) return []
  return [
    createFinding(blocksRun, context, {
      rule: 'clockStands',
      subject: 'Timestamp.Now',
      title: `Timestamp.Now did not move in block ${stood.number}`,
      facts: { block: stood.number },
    }),
  ]
}

/**
 * Slots are counted from the Unix epoch: with another duration the slot number jumps, back or forth, and nodes that count with
 * the old one are refused ("Timestamp slot must match CurrentSlot": Kintsugi, Picasso, t3rn).
 */
async function otherSlots(context: CheckContext): Promise<Finding[]> {
  const result = await context.get(upgradeStep)
  if (result.kind !== 'upgraded') return []
  const before = result.codeBlock.claim
  const after = result.migrationBlock.claim
  if (before.slot === null || after.slot === null || before.slotDurationMs === after.slotDurationMs) return []
  return [
    createFinding(blocksRun, context, {
      rule: 'slotDuration',
      subject: 'slot duration',
      title: `The slot takes ${after.slotDurationMs} ms instead of ${before.slotDurationMs} ms from block ${result.migrationBlock.head.number} on: the slot number goes from ${before.slot} to ${after.slot}`,
      facts: { beforeMs: Number(before.slotDurationMs), afterMs: Number(after.slotDurationMs) },
    }),
  ]
}

async function growth(context: CheckContext, blocks: readonly RehearsedBlock[]): Promise<Finding[]> {
  const growing = growingItems(blocks)
  if (growing.length === 0) return []
  const control = await context.get(controlBlocks)
  const base = context.fork.head.number
  const last = blocks.at(-1)?.number ?? base
  const without = await control.first(last - base, context.signal)
  return growing
    .filter(({ item, blocks: count }) => !itemsGrowingSince(last - count + 1, without).has(item))
    .map(({ item, blocks: count, keys, samples }) =>
      createFinding(blocksRun, context, {
        rule: 'growth',
        ...(keys > count ? {} : { severity: 'warning' as const }),
        subject: item,
        title: `${item} gains keys in every block under the candidate, ${keys} in the last ${count}, and gains none without the upgrade`,
        facts: { item, keys, blocks: count, lastBlock: last },
        evidence: samples.map((key) => `added in block ${last}: ${binaryToHex(key)}`),
      }),
    )
}

function round(ms: number): number {
  return Math.round(ms * 100) / 100
}
