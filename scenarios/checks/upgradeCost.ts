import type { BlockWeight } from '../../harness/chain/blockWeight.ts'
import type { RuntimeContext } from '../../harness/chain/runtimeContext.ts'
import type { MigrationReport, Upgraded } from '../../harness/chain/upgrade.ts'
import type { DbWeight } from '../../harness/codec/index.ts'
import type { DataTable } from '../../reports/model/dataTable.ts'
import type { Facts, Finding } from '../../reports/model/finding.ts'
import type { Check, CheckAnswer, CheckContext } from '../check/check.ts'
import { createFinding } from '../check/createFinding.ts'
import { defineCheck } from '../check/defineCheck.ts'
import { HOOKS_NAME, type MigrationSegment, upgradeSegments } from '../migrations/migrationSegments.ts'
import { upgraded } from '../rehearsal/rehearsal.ts'
import { storageTimePs } from '../rehearsal/storageTime.ts'

const PS_PER_MS = 1_000_000_000n
/** Below this share of the block, high or undeclared costs do no harm. */
const MATTERS_SHARE = 4n
const SUBJECT = 'migration block'
const SHOWN_ITEMS = 3
const SHOWN_DEAREST = 3
/** Counting is for comparing, and must not cost the check its findings: longer migrations are not run a second time. */
const DEAREST_COUNTED_MS = 10_000
/** Measured 1.3 times as long on a runtime that is optimized already; compiling and a busy machine come on top. */
const COUNTING_DEADLINE_MS = 3 * DEAREST_COUNTED_MS

export const upgradeCost: Check = defineCheck({
  id: 'upgrade.cost',
  title: 'The migration block stays within its limits of time, weight and heap',
  why: 'Migrations that declared little weight and took seconds stalled Nodle and Bajun, although try-runtime had passed.',
  rules: [
    {
      id: 'time',
      severity: 'error',
      says: 'The migrations take too long on this machine; a warning when they are close to the limit.',
    },
    { id: 'weight', severity: 'error', says: 'The migrations use more weight than a block has.' },
    {
      id: 'undeclared',
      severity: 'error',
      says: 'The storage accesses alone cost far more than the declared weight; a warning when they still fit into a block.',
    },
  ],
  needs: upgraded,
  async run(context, result): Promise<CheckAnswer> {
    const { migration } = result
    const runtime = await context.fork.catalog.of(context.candidate, result.head.state)
    const dbWeight = runtime.kind === 'ok' ? runtime.value.codec.dbWeight() : null
    const older = context.current.codec
    const newer = runtime.kind === 'ok' ? runtime.value.codec : older
    const segments = upgradeSegments(result, { newer, older })
    const storagePs = storageTime(migration.cost, dbWeight)
    const instructions =
      runtime.kind === 'ok' ? await countInstructions(context, result, runtime.value) : null
    const measured: Measured = { migration, storagePs, instructions, upgrade: result, segments }
    const findings = [
      ...time(context, measured),
      ...weight(context, measured),
      ...undeclared(context, measured),
    ]
    const tables = segments.length === 0 ? [] : [migrationTable(segments, dbWeight)]
    return { kind: 'ran', findings, measures: measures(measured), tables }
  },
})

interface Measured {
  readonly upgrade: Upgraded
  readonly migration: MigrationReport
  /** ref_time of the storage accesses alone, by the runtime's own DbWeight; null when it has none. */
  readonly storagePs: bigint | null
  /** Null when they were not counted. */
  readonly instructions: number | null
  /** The migrations one by one, as far as they can be told. */
  readonly segments: readonly MigrationSegment[]
}

/** Runs the migrations once more for it, unless they took too long; other executors than V8 do not count. */
async function countInstructions(
  { fork, progress }: CheckContext,
  { migration, migrationBlock }: Upgraded,
  { blob, callOptions }: RuntimeContext,
): Promise<number | null> {
  const call = migrationBlock.phases[0]
  if (!fork.catalog.executor.supports.has('countInstructions')) return null
  if (call === undefined || migration.cost.wallMs > DEAREST_COUNTED_MS) return null
  progress('counting the instructions of the migrations')
  const { entryPoint, input, state } = call
  const options = { ...callOptions, deadlineMs: COUNTING_DEADLINE_MS, countInstructions: true }
  const outcome = await fork.catalog.executor.call({ blob, entryPoint, input, state, options })
  return outcome.kind === 'ok' ? (outcome.cost.instructions ?? null) : null
}

type Accesses = Pick<MigrationSegment, 'reads' | 'nextKeys' | 'writes'>

function storageTime({ reads, nextKeys, writes }: Accesses, dbWeight: DbWeight | null): bigint | null {
  return storageTimePs({ reads: reads + nextKeys, writes }, dbWeight)
}

function migrationTable(segments: readonly MigrationSegment[], dbWeight: DbWeight | null): DataTable {
  return {
    id: 'migrations',
    title: 'What each migration of the upgrade did',
    columns: [
      { name: 'migration', kind: 'text' },
      { name: 'time', kind: 'ms' },
      { name: 'reads', kind: 'count' },
      { name: 'next keys', kind: 'count' },
      { name: 'writes', kind: 'count' },
      { name: 'weight of the accesses', kind: 'ms' },
      { name: 'keys changed', kind: 'text' },
    ],
    rows: segments.map((segment) => {
      const { name, wallMs, reads, nextKeys, writes } = segment
      const storagePs = storageTime(segment, dbWeight)
      const modelMs = storagePs === null ? null : Number(storagePs / (PS_PER_MS / 1000n)) / 1000
      return [name, Math.round(wallMs * 10) / 10, reads, nextKeys, writes, modelMs, itemsText(segment)]
    }),
  }
}

function itemsText({ items }: MigrationSegment): string {
  const shown = [...items].slice(0, SHOWN_ITEMS).map(([item, keys]) => `${item} ${keys}`)
  const more = items.size - shown.length
  return [...shown, ...(more > 0 ? [`${more} other items`] : [])].join(', ')
}

/** The costliest migrations by `by`, a line each; those that cost next to nothing are left out. */
function costliest(
  segments: readonly MigrationSegment[],
  by: (segment: MigrationSegment) => number,
  line: (segment: MigrationSegment) => string,
): { readonly evidence: readonly string[]; readonly names: string } {
  const total = segments.reduce((sum, segment) => sum + by(segment), 0)
  const worst = [...segments]
    .filter((segment) => segment.name !== HOOKS_NAME && by(segment) * 20 >= total)
    .sort((a, b) => by(b) - by(a))
    .slice(0, SHOWN_DEAREST)
  const [first] = worst
  return { evidence: worst.map(line), names: first === undefined ? '' : `, most of it ${first.name}` }
}

const byTime = ({ wallMs }: MigrationSegment) => wallMs
const timeLine = ({ name, wallMs }: MigrationSegment) => `${name}: ${Math.round(wallMs)} ms`
const byAccesses = ({ reads, nextKeys, writes }: MigrationSegment) => reads + nextKeys + writes
const accessLine = ({ name, reads, nextKeys, writes }: MigrationSegment) =>
  `${name}: ${reads + nextKeys} reads, ${writes} writes`

function measures({ migration, storagePs, instructions }: Measured): Facts {
  const { cost, weight: used } = migration
  return {
    timeMs: Math.round(cost.wallMs * 10) / 10,
    declaredMs: used === null ? null : Number(used.classes.mandatory.refTime / PS_PER_MS),
    storageModelMs: storagePs === null ? null : Number(storagePs / PS_PER_MS),
    instructions,
    reads: cost.reads,
    nextKeys: cost.nextKeys,
    writes: cost.writes,
    writtenBytes: cost.writtenBytes,
    heapPeakBytes: cost.heapPeakBytes,
    changedItems: migration.changes.length,
  }
}

function time(context: CheckContext, { migration, upgrade, segments }: Measured): Finding[] {
  const { blockWarnMs, blockFailMs } = context.limits
  const wallMs = Math.round(migration.cost.wallMs)
  if (wallMs < blockWarnMs) return []
  const severity = wallMs < blockFailMs ? 'warning' : 'error'
  const number = upgrade.migrationBlock.head.number
  const { evidence, names } = costliest(segments, byTime, timeLine)
  const title = `The migrations of block ${number} took ${wallMs} ms on this machine (warn ${blockWarnMs}, fail ${blockFailMs})${names}`
  const facts = { wallMs, blockWarnMs, blockFailMs }
  return [
    createFinding(upgradeCost, context, { rule: 'time', severity, subject: SUBJECT, title, facts, evidence }),
  ]
}

/** By the runtime's own count, against its own limit. */
function weight(context: CheckContext, { migration, upgrade, segments }: Measured): Finding[] {
  const used = migration.weight
  const limit = used?.limits?.maxBlock.refTime
  if (used === null || limit === undefined || used.total.refTime <= limit) return []
  const number = upgrade.migrationBlock.head.number
  const { evidence, names } = costliest(segments, byAccesses, accessLine)
  const title = `Block ${number} starts with ${ms(used.total.refTime)} ms of weight used by migrations, above the ${ms(limit)} ms of a whole block${names}`
  const facts = { declaredMs: ms(used.total.refTime), limitMs: ms(limit) }
  return [createFinding(upgradeCost, context, { rule: 'weight', subject: SUBJECT, title, facts, evidence })]
}

/** What the accesses to storage alone are declared to cost, against what the runtime counted. */
function undeclared(context: CheckContext, { migration, storagePs, segments }: Measured): Finding[] {
  const used = migration.weight
  const limit = used?.limits?.maxBlock.refTime
  if (used === null || limit === undefined || storagePs === null) return []
  const factor = BigInt(context.limits.weightFactor)
  if (storagePs * MATTERS_SHARE < limit || storagePs <= declared(used) * factor) return []
  const { reads, nextKeys, writes } = migration.cost
  const { evidence, names } = costliest(segments, byAccesses, accessLine)
  const title = `The migrations declared ${ms(declared(used))} ms of weight, but their ${reads + nextKeys} reads and ${writes} writes alone come to ${ms(storagePs)} ms by the runtime's DbWeight${names}`
  const severity = storagePs > limit ? 'error' : 'warning'
  const facts = { declaredMs: ms(declared(used)), storageModelMs: ms(storagePs), limitMs: ms(limit) }
  const parts = { rule: 'undeclared', severity, subject: SUBJECT, title, facts, evidence } as const
  return [createFinding(upgradeCost, context, parts)]
}

/** Migrations count as mandatory. */
function declared(used: BlockWeight): bigint {
  return used.classes.mandatory.refTime
}

function ms(refTimePs: bigint): number {
  return Number(refTimePs / PS_PER_MS)
}
