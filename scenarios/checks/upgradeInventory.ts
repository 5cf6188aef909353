import type { DataTable } from '../../reports/model/dataTable.ts'
import type { Finding } from '../../reports/model/finding.ts'
import type { Check, CheckAnswer, CheckContext } from '../check/check.ts'
import { createFinding } from '../check/createFinding.ts'
import { defineCheck } from '../check/defineCheck.ts'
import { type MigrationNote, migrationNotes } from '../migrations/migrationRuns.ts'
import { migrationsEnd, type Settling } from '../migrations/settle.ts'
import {
  type PalletVersions,
  type VersionInventory,
  versionInventory,
  versionVerdict,
} from '../migrations/storageVersions.ts'
import { controlBlocks } from '../rehearsal/rehearsal.ts'

const HOW = {
  genesis: 'a genesis state that the runtime built',
  firstBlock: 'a first block of the runtime over nothing',
  unknown: 'unknown: the runtime has no GenesisBuilder and is from before FRAME sets versions of new pallets',
} as const

export const upgradeInventory: Check = defineCheck({
  id: 'upgrade.inventory',
  title: 'Each migration runs once, and storage versions match the code',
  why: 'Subtensor shipped migrations that never ran, ran in every block, or left a storage version that differs from the one in code (#372, #644, #1424, #2878).',
  rules: [
    {
      id: 'versionDiffers',
      severity: 'error',
      says: "After the upgrade a pallet's storage version on chain differs from the one in code; a warning while migrations are still running.",
    },
    {
      id: 'neverWritten',
      severity: 'warning',
      says: 'Pallets have a storage version in code and none on chain, and whether the upgrade raised it is unknown.',
    },
    {
      id: 'versionFell',
      severity: 'error',
      says: "A pallet's storage version on chain fell or was removed.",
    },
    { id: 'ranAgain', severity: 'error', says: 'A migration recorded more than once that it ran.' },
  ],
  needs: migrationsEnd,
  async run(context, settling): Promise<CheckAnswer> {
    const inventory = await versionInventory(context, settling)
    const { pallets, code, oldCode } = inventory
    const notes = migrationNotes(settling.blocks, settling.runtime.codec, context.current.codec)
    return {
      kind: 'ran',
      findings: [
        ...pallets.flatMap((versions) => differing(context, inventory, { versions, notes })),
        ...neverWritten(context, pallets),
        ...pallets.flatMap((versions) => fallen(context, versions)),
        ...(await ranAgain(context, settling, notes)),
      ],
      measures: {
        pallets: pallets.length,
        versionsInCode: code.versions.size,
        versionsInCodeFrom: HOW[code.how],
        versionsInOldCodeFrom: HOW[oldCode.how],
        differedBefore: pallets.filter((versions) => versionVerdict(versions) === 'untouched').length,
        migrationsNoted: notes.filter(({ kind, isNew }) => kind === 'migrationRun' && isNew).length,
      },
      tables: [versionTable(pallets), ...noteTable(notes)],
    }
  },
})

interface Pallet {
  readonly versions: PalletVersions
  readonly notes: readonly MigrationNote[]
}

function differing(
  context: CheckContext,
  { settling }: VersionInventory,
  { versions, notes }: Pallet,
): Finding[] {
  if (versionVerdict(versions) !== 'differ' || versions.knownTo === 'old') return []
  const { pallet, before, after, code, oldCode } = versions
  const ran = notes.filter((note) => note.pallet === pallet && note.isNew && note.kind === 'migrationRun')
  const names = ran.map(({ name }) => name)
  const why = (after ?? 0) > (code ?? 0) ? aheadText(before, after) : behindText(names)
  const isUnderWay = settling.kind !== 'settled'
  const soFar = isUnderWay ? ' (migrations are still running)' : ''
  return [
    createFinding(upgradeInventory, context, {
      rule: 'versionDiffers',
      severity: isUnderWay ? 'warning' : 'error',
      subject: pallet,
      title: `The storage version of ${pallet} is ${versionText(after)} on chain after the upgrade and ${code} in the candidate's code: ${why}${soFar}`,
      facts: { before, after, inCode: code, inOldCode: oldCode },
      evidence: names.map((name) => `ran: ${name}`),
    }),
  ]
}

function behindText(names: readonly string[]): string {
  if (names.length === 0) return 'no migration of the pallet that sets it is wired in'
  return `${names.join(', ')} ran, and nothing set the version`
}

function aheadText(before: number | null, after: number | null): string {
  return before === after
    ? 'the candidate has an older version than the chain'
    : 'the migrations set a higher version than the code has'
}

function versionText(version: number | null): string {
  return version === null ? 'absent' : String(version)
}

/** One for all: each by itself is a pallet that nobody ever migrated. */
function neverWritten(context: CheckContext, pallets: readonly PalletVersions[]): Finding[] {
  const concerned = pallets.filter((versions) => versionVerdict(versions) === 'neverWritten')
  if (concerned.length === 0) return []
  const names = concerned.map(({ pallet }) => pallet).join(', ')
  return [
    createFinding(upgradeInventory, context, {
      rule: 'neverWritten',
      subject: 'pallets without a storage version',
      title: `${concerned.length} pallet(s) have a storage version in code and none on chain, before the upgrade and after: ${names}`,
      facts: { pallets: concerned.length },
      evidence: concerned.map(({ pallet, code }) => `${pallet}: ${code} in code`),
    }),
  ]
}

function fallen(context: CheckContext, versions: PalletVersions): Finding[] {
  const { pallet, before, after, without, code, knownTo } = versions
  if (after === without) return []
  if (before === null || knownTo === 'old' || (after !== null && after >= before)) return []
  return [
    createFinding(upgradeInventory, context, {
      rule: 'versionFell',
      subject: pallet,
      title: `The storage version of ${pallet} went from ${before} to ${versionText(after)}: its migrations will run again`,
      facts: { before, after, inCode: code },
    }),
  ]
}

/** What the chain does without the upgrade as well is not the candidate's. */
async function ranAgain(
  context: CheckContext,
  { blocks: { length } }: Settling,
  notes: readonly MigrationNote[],
): Promise<Finding[]> {
  const repeated = notes.filter(({ blocks }) => blocks.length > 1)
  if (repeated.length === 0) return []
  const { codec } = context.current
  const control = await (await context.get(controlBlocks)).first(length + 1, context.signal)
  const usual = new Set(migrationNotes(control, codec, codec).map(({ key }) => key))
  return repeated
    .filter(({ key }) => !usual.has(key))
    .map(({ pallet, name, kind, blocks }) => {
      const what = kind === 'migrationRun' ? `The migration ${name}` : `What sets ${pallet}'s ${name}`
      return createFinding(upgradeInventory, context, {
        rule: 'ranAgain',
        subject: kind === 'migrationRun' ? name : `${pallet} ${name}`,
        title: `${what} ran ${blocks.length} times: first in block ${blocks[0]}, again in block ${blocks[1]}`,
        facts: { pallet, times: blocks.length, blocks: blocks.slice(0, 10).join(', ') },
      })
    })
}

function versionTable(pallets: readonly PalletVersions[]): DataTable {
  return {
    id: 'storage-versions',
    title: 'Storage versions of the pallets',
    columns: [
      { name: 'pallet', kind: 'text' },
      { name: 'before', kind: 'count' },
      { name: 'after', kind: 'count' },
      { name: 'in code', kind: 'count' },
      { name: 'in the old code', kind: 'count' },
      { name: 'note', kind: 'text' },
    ],
    rows: pallets.map((versions) => {
      const { pallet, before, after, code, oldCode } = versions
      return [pallet, before, after, code, oldCode, noteText(versions)]
    }),
  }
}

function noteText(versions: PalletVersions): string | null {
  if (versions.knownTo === 'old') return 'not in the candidate'
  const added = versions.knownTo === 'new' ? 'new' : null
  switch (versionVerdict(versions)) {
    case 'agree':
      return added
    case 'unknown':
      return added ?? 'unknown in code'
    case 'differ':
      return 'differs'
    case 'untouched':
      return 'differed before, in the old code too'
    case 'neverWritten':
      return 'never written'
  }
}

function noteTable(notes: readonly MigrationNote[]): DataTable[] {
  const rows = notes
    .filter(({ isNew, kind }) => isNew && kind === 'migrationRun')
    .map(({ pallet, name, blocks }) => [name, pallet, blocks[0] ?? null])
  if (rows.length === 0) return []
  return [
    {
      id: 'migrations-noted',
      title: 'Migrations that recorded that they ran',
      columns: [
        { name: 'migration', kind: 'text' },
        { name: 'pallet', kind: 'text' },
        { name: 'block', kind: 'count' },
      ],
      rows,
    },
  ]
}
