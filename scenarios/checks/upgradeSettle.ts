import { blockEvents } from '../../harness/chain/blockEvents.ts'
import { blockWeight } from '../../harness/chain/blockWeight.ts'
import { phaseLabel } from '../../harness/chain/build/phase.ts'
import { isMigrationsPallet } from '../../harness/chain/migrationMarks.ts'
import { storageDiff } from '../../harness/chain/storageDiff.ts'
import type { DataTable } from '../../reports/model/dataTable.ts'
import type { Finding } from '../../reports/model/finding.ts'
import type { Check, CheckAnswer, CheckContext } from '../check/check.ts'
import { createFinding } from '../check/createFinding.ts'
import { defineCheck } from '../check/defineCheck.ts'
import { outcomeEvidence, outcomeFacts, outcomeSubject } from '../check/outcomeEvidence.ts'
import { migrationsEnd, type RunningBackfill, type SettleStep, type Settling } from '../migrations/settle.ts'
import { blockCost } from '../rehearsal/blockCost.ts'
import type { SequenceBlock } from '../rehearsal/blockSequence.ts'

const PS_PER_MS = 1_000_000_000n
const SHOWN_ITEMS = 4
const SHOWN_STEPS = 10
/** The runtime's own counting of blocks. */
const BOOKKEEPING = /^(?:System|Aura|Babe|Timestamp|ParachainSystem|AuraExt|:)/
const FAILURES = ['UpgradeFailed', 'MigrationFailed']

export const upgradeSettle: Check = defineCheck({
  id: 'upgrade.settle',
  title: 'The migrations finish',
  why: 'Multi-block migrations and backfills in on_idle continue after the upgrade, where try-runtime does not look; while a cursor is set the chain accepts no transactions.',
  rules: [
    {
      id: 'cursorStays',
      severity: 'error',
      says: 'The cursor of a multi-block migration is still there after limits.settleBlocks blocks, and does not get further or is there after limits.settleMostBlocks.',
    },
    {
      id: 'backfillGoesOn',
      severity: 'error',
      says: 'After limits.settleMostBlocks blocks each block still changes further rows of an item, as a backfill without a cursor does.',
    },
    { id: 'migrationFailed', severity: 'error', says: 'pallet_migrations gave up on a migration.' },
    {
      id: 'stopped',
      severity: 'error',
      says: 'The chain stops before the migrations are done, in a block that blocks.run does not reach.',
    },
  ],
  needs: migrationsEnd,
  async run(context, settling): Promise<CheckAnswer> {
    const last = settling.blocks.at(-1)
    const isSeenByBlocksRun = settling.blocks.length <= context.blockCount + 1
    if (settling.kind === 'stopped' && isSeenByBlocksRun) {
      const reason = `the chain stops at block ${last?.number} before the migrations are done, see blocks.run`
      return { kind: 'inconclusive', reason }
    }
    return {
      kind: 'ran',
      findings: [
        ...failures(context, settling),
        ...cursors(context, settling),
        ...backfills(context, settling),
        ...stopped(context, settling),
      ],
      measures: {
        outcome: settling.kind,
        blocks: settling.steps.length,
        inherentsOnlyBlocks: settling.steps.filter(({ inherentsOnly }) => inherentsOnly).length,
        settledAt: settling.kind === 'settled' ? settling.head.number : null,
      },
      tables: [stepTable(settling)],
    }
  },
})

function cursors(context: CheckContext, settling: Settling): Finding[] {
  if (settling.kind !== 'unsettled') return []
  const last = settling.steps.at(-1)
  return (last?.cursors ?? []).map(({ item, text, isStuck }) => {
    const steps = settling.steps.filter((step) => step.cursors.some((cursor) => cursor.item === item))
    const places = new Set(steps.map((step) => step.cursors.find((cursor) => cursor.item === item)?.text))
    const closed = settling.steps.filter(({ inherentsOnly }) => inherentsOnly).length
    const how = isStuck ? 'is stuck' : `is still there`
    const unusable = closed === 0 ? '' : `; ${closed} block(s) accepted inherents only`
    return createFinding(upgradeSettle, context, {
      rule: 'cursorStays',
      subject: item,
      title: `${item} ${how} ${settling.steps.length - 1} blocks after the upgrade, at ${text}${unusable}`,
      facts: { blocks: steps.length, places: places.size, inherentsOnlyBlocks: closed },
      evidence: steps.slice(-SHOWN_STEPS).map((step) => stepLine(step, item)),
    })
  })
}

function stepLine({ block, cursors: all }: SettleStep, item: string): string {
  return `after block ${block}: ${all.find((cursor) => cursor.item === item)?.text}`
}

function backfills(context: CheckContext, settling: Settling): Finding[] {
  if (settling.kind !== 'unsettled') return []
  return settling.backfills.map((front) => {
    const { item, rows, blocks, source } = front
    const rate = Math.round((rows / Math.max(blocks, 1)) * 10) / 10
    return createFinding(upgradeSettle, context, {
      rule: 'backfillGoesOn',
      subject: item,
      title: `${item} is still being filled or cleared ${settling.steps.length - 1} blocks after the upgrade: ${rows} row(s) so far, ${rate} a block${leftText(front)}`,
      facts: { rows, rowsPerBlock: rate, source: source.item, sourceRows: source.rows },
      evidence: settling.steps.slice(-SHOWN_STEPS).map(({ block, moved }) => {
        return `block ${block}: ${moved.includes(item) ? 'moved' : 'did not move'}`
      }),
    })
  })
}

function leftText({ rows, blocks, source }: RunningBackfill): string {
  const left = Math.ceil((Math.max(source.rows - rows, 0) * blocks) / Math.max(rows, 1))
  const of = source.item ?? 'the item'
  return `; with the ${source.rows} row(s) of ${of} to go through, about ${left} block(s) are left`
}

/** What pallet_migrations says when it stops. */
function failures(context: CheckContext, settling: Settling): Finding[] {
  const failed = settling.blocks.flatMap(({ number, runtime: { codec }, result }) => {
    if (result.kind === 'failed') return []
    const { events } = blockEvents(codec, result.head.state)
    return events
      .filter(({ pallet, event }) => FAILURES.includes(event) && isMigrationsPallet(codec, pallet))
      .map(({ pallet, event, fields }) => ({
        number,
        name: `${pallet}.${event}`,
        text: JSON.stringify(fields),
      }))
  })
  const [first] = failed
  if (first === undefined) return []
  return [
    createFinding(upgradeSettle, context, {
      rule: 'migrationFailed',
      subject: first.name,
      title: `A multi-block migration failed in block ${first.number}: ${first.name} ${first.text}`,
      facts: { block: first.number },
      evidence: failed.map(({ number, name, text }) => `block ${number}: ${name} ${text}`),
    }),
  ]
}

function stopped(context: CheckContext, settling: Settling): Finding[] {
  const last = settling.blocks.at(-1)
  if (settling.kind !== 'stopped' || last?.result.kind !== 'failed') return []
  const { message, outcome, phase } = last.result
  const place = phase.kind === 'authoring' ? 'authoring' : phaseLabel(phase)
  return [
    createFinding(upgradeSettle, context, {
      rule: 'stopped',
      subject: outcomeSubject(outcome),
      title: `The chain stops before the migrations are done: ${message}`,
      facts: { block: last.number, phase: place, ...outcomeFacts(outcome) },
      evidence: outcomeEvidence(outcome),
    }),
  ]
}

function stepTable({ blocks, steps }: Settling): DataTable {
  return {
    id: 'settling',
    title: 'Blocks from the migration block on, until the migrations are done',
    columns: [
      { name: 'block', kind: 'count' },
      { name: 'cursor after it', kind: 'text' },
      { name: 'takes', kind: 'text' },
      { name: 'backfill', kind: 'text' },
      { name: 'keys changed', kind: 'text' },
      { name: 'time', kind: 'ms' },
      { name: 'weight', kind: 'ms' },
    ],
    rows: steps.map((step, index) => {
      const block = blocks[index]
      const cursor = step.cursors.map(({ item, text }) => `${item} ${text}`).join('; ')
      const takes = step.inherentsOnly ? 'inherents only' : 'all'
      const moved = step.moved.join(', ')
      const time = block === undefined ? null : Math.round(blockCost(block).ms * 10) / 10
      return [step.block, cursor || null, takes, moved || null, changesText(block), time, weightMs(block)]
    }),
  }
}

function changesText(block: SequenceBlock | undefined): string | null {
  if (block?.result.kind !== 'built') return null
  const { codec } = block.runtime
  const labels = { old: codec, new: codec }
  const rows = storageDiff(block.parent.state, block.result.head.state.changes, labels).filter(
    ({ item }) => !BOOKKEEPING.test(item),
  )
  const shown = rows
    .slice(0, SHOWN_ITEMS)
    .map(({ item, added, changed, removed }) => `${item} +${added} ~${changed} -${removed}`)
  const more = rows.length - shown.length
  return [...shown, ...(more > 0 ? [`${more} other items`] : [])].join(', ') || null
}

function weightMs(block: SequenceBlock | undefined): number | null {
  if (block?.result.kind !== 'built') return null
  const used = blockWeight(block.runtime.codec, block.result.head.state)
  return used === null ? null : Number(used.total.refTime / PS_PER_MS)
}
