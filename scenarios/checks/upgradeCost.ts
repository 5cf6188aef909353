import type { Facts, Finding } from '../../harness/base/finding.ts'
import type { BlockWeight } from '../../harness/chain/blockWeight.ts'
import type { MigrationReport, Upgraded } from '../../harness/chain/upgrade.ts'
import type { DbWeight } from '../../harness/codec/index.ts'
import type { Check, CheckAnswer, CheckContext } from '../check.ts'
import { createFinding } from '../createFinding.ts'

const PS_PER_MS = 1_000_000_000n
/** Below this share of the block, being dear or dishonest harms nobody. */
const MATTERS_SHARE = 4n
const SUBJECT = 'migration block'

export const upgradeCost: Check = {
  id: 'upgrade.cost',
  title: 'The migration block stays within time, weight and heap',
  why: 'Migrations that return little weight and take seconds stalled Nodle and Bajun although try-runtime had passed.',
  rules: [
    {
      id: 'time',
      severity: 'error',
      says: 'The migrations take too long on this machine; a warning when it is near.',
    },
    { id: 'weight', severity: 'error', says: 'The migrations use more weight than a block has.' },
    {
      id: 'undeclared',
      severity: 'error',
      says: 'Storage accesses alone cost far more than the declared weight; a warning when they still fit.',
    },
  ],
  needs: ['upgrade'],
  async run(context): Promise<CheckAnswer> {
    const result = await context.rehearsal.upgrade()
    if (result.kind !== 'upgraded') {
      return { kind: 'inconclusive', reason: 'the upgrade did not go through' }
    }
    const { migration } = result
    const runtime = await context.fork.catalog.of(context.candidate, result.head.state)
    const dbWeight = runtime.kind === 'ok' ? runtime.value.codec.dbWeight() : null
    const measured: Measured = { migration, storagePs: storageTime(migration, dbWeight), upgrade: result }
    const findings = [...time(context, measured), ...weight(context, measured), ...honesty(context, measured)]
    return { kind: 'ran', findings, measures: measures(measured) }
  },
}

interface Measured {
  readonly upgrade: Upgraded
  readonly migration: MigrationReport
  /** ref_time of the storage accesses alone, by the runtime's own DbWeight; null when it has none. */
  readonly storagePs: bigint | null
}

function storageTime({ cost }: MigrationReport, dbWeight: DbWeight | null): bigint | null {
  if (dbWeight === null) return null
  return BigInt(cost.reads + cost.nextKeys) * dbWeight.read + BigInt(cost.writes) * dbWeight.write
}

function measures({ migration, storagePs }: Measured): Facts {
  const { cost, weight: used } = migration
  return {
    timeMs: Math.round(cost.wallMs * 10) / 10,
    declaredMs: used === null ? null : Number(used.classes.mandatory.refTime / PS_PER_MS),
    storageModelMs: storagePs === null ? null : Number(storagePs / PS_PER_MS),
    reads: cost.reads,
    nextKeys: cost.nextKeys,
    writes: cost.writes,
    writtenBytes: cost.writtenBytes,
    heapPeakBytes: cost.heapPeakBytes,
    changedItems: migration.changes.length,
  }
}

function time(context: CheckContext, { migration, upgrade }: Measured): Finding[] {
  const { blockWarnMs, blockFailMs } = context.limits
  const wallMs = Math.round(migration.cost.wallMs)
  if (wallMs < blockWarnMs) return []
  const severity = wallMs < blockFailMs ? 'warning' : 'error'
  const number = upgrade.migrationBlock.head.number
  const title = `The migrations of block ${number} took ${wallMs} ms on this machine (warn ${blockWarnMs}, fail ${blockFailMs})`
  const facts = { wallMs, blockWarnMs, blockFailMs }
  return [createFinding(upgradeCost, context, { rule: 'time', severity, subject: SUBJECT, title, facts })]
}

/** By the runtime's own count, against its own limit. */
function weight(context: CheckContext, { migration, upgrade }: Measured): Finding[] {
  const used = migration.weight
  const limit = used?.limits?.maxBlock.refTime
  if (used === null || limit === undefined || used.total.refTime <= limit) return []
  const number = upgrade.migrationBlock.head.number
  const title = `Block ${number} starts with ${ms(used.total.refTime)} ms of weight used by migrations, above the ${ms(limit)} ms of a whole block`
  const facts = { declaredMs: ms(used.total.refTime), limitMs: ms(limit) }
  return [createFinding(upgradeCost, context, { rule: 'weight', subject: SUBJECT, title, facts })]
}

/** What the accesses to storage alone are declared to cost, against what the runtime counted. */
function honesty(context: CheckContext, { migration, storagePs }: Measured): Finding[] {
  const used = migration.weight
  const limit = used?.limits?.maxBlock.refTime
  if (used === null || limit === undefined || storagePs === null) return []
  const factor = BigInt(context.limits.weightFactor)
  if (storagePs * MATTERS_SHARE < limit || storagePs <= declared(used) * factor) return []
  const { reads, nextKeys, writes } = migration.cost
  const title = `The migrations declared ${ms(declared(used))} ms of weight, but their ${reads + nextKeys} reads and ${writes} writes alone come to ${ms(storagePs)} ms by the runtime's DbWeight`
  const severity = storagePs > limit ? 'error' : 'warning'
  const facts = { declaredMs: ms(declared(used)), storageModelMs: ms(storagePs), limitMs: ms(limit) }
  const parts = { rule: 'undeclared', severity, subject: SUBJECT, title, facts } as const
  return [createFinding(upgradeCost, context, parts)]
}

/** Migrations count as mandatory. */
function declared(used: BlockWeight): bigint {
  return used.classes.mandatory.refTime
}

function ms(refTimePs: bigint): number {
  return Number(refTimePs / PS_PER_MS)
}
