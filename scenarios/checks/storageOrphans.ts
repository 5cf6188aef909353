import { binaryToHex } from '../../harness/base/bytes.ts'
import { STORAGE_VERSION_ITEM } from '../../harness/codec/index.ts'
import type { DataTable } from '../../reports/model/dataTable.ts'
import type { Finding } from '../../reports/model/finding.ts'
import type { Check, CheckAnswer, CheckContext } from '../check/check.ts'
import { createFinding } from '../check/createFinding.ts'
import { defineCheck } from '../check/defineCheck.ts'
import type { KeyGroup } from '../storage/keyGroups.ts'
import { type StateScan, scannedState } from '../storage/stateScan.ts'

export const storageOrphans: Check = defineCheck({
  id: 'storage.orphans',
  title: 'No storage is left without a pallet that owns it',
  why: 'Storage of a removed pallet stays forever, cannot be read, and is used again by the next pallet of that name.',
  rules: [
    {
      id: 'removedPallet',
      severity: 'error',
      says: 'A pallet was removed and its storage is still there.',
    },
    {
      id: 'removedItem',
      severity: 'warning',
      says: 'A storage item of a pallet was removed and its keys are still there.',
    },
  ],
  needs: scannedState,
  async run(context, scan): Promise<CheckAnswer> {
    const left = scan.orphans.filter(({ item }) => item !== STORAGE_VERSION_ITEM)
    const isGone = ({ pallet }: KeyGroup) => !scan.codec.hasPallet(pallet)
    const gone = left.filter(isGone)
    const pallets = new Set(gone.map(({ pallet }) => pallet))
    const table = ownerlessKeys(scan)
    return {
      kind: 'ran',
      findings: [
        ...[...pallets].map((pallet) =>
          removedPallet(
            context,
            pallet,
            gone.filter((group) => group.pallet === pallet),
          ),
        ),
        ...left.filter((group) => !isGone(group)).map((group) => removedItem(context, group)),
      ],
      measures: { keys: scan.keys, orphans: sum(left, 'count'), orphanBytes: sum(left, 'bytes') },
      tables: table.rows.length === 0 ? [] : [table],
    }
  },
})

function sum(groups: readonly KeyGroup[], what: 'count' | 'bytes'): number {
  return groups.reduce((total, group) => total + group[what], 0)
}

function removedPallet(context: CheckContext, pallet: string, groups: readonly KeyGroup[]): Finding {
  const count = sum(groups, 'count')
  const bytes = sum(groups, 'bytes')
  return createFinding(storageOrphans, context, {
    rule: 'removedPallet',
    subject: pallet,
    title: `The pallet ${pallet} was removed and leaves ${keysText(count, bytes)} behind`,
    facts: { pallet, count, bytes },
    evidence: groups.map(groupText),
  })
}

function removedItem(context: CheckContext, group: KeyGroup): Finding {
  const { pallet, item, count, bytes } = group
  return createFinding(storageOrphans, context, {
    rule: 'removedItem',
    subject: `${pallet}.${item}`,
    title: `The storage item ${pallet}.${item} was removed and leaves ${keysText(count, bytes)} behind`,
    facts: { item: `${pallet}.${item}`, count, bytes },
    evidence: [groupText(group)],
  })
}

function keysText(count: number, bytes: number): string {
  return `${count.toLocaleString('en')} ${count === 1 ? 'key' : 'keys'} (${bytes.toLocaleString('en')} bytes)`
}

function groupText({ pallet, item, count, bytes, samples }: KeyGroup): string {
  const [first = ''] = samples
  return `${pallet}.${item}: ${keysText(count, bytes)}, the first ${binaryToHex(first)}`
}

/** What neither runtime knows, and versions of pallets that are gone. */
function ownerlessKeys({ orphans, unknown }: StateScan): DataTable {
  const versions = orphans.filter(({ item }) => item === STORAGE_VERSION_ITEM)
  return {
    id: 'storage-unknown',
    title: 'Keys that no pallet of the candidate owns, without a finding',
    columns: [
      { name: 'pallet', kind: 'text' },
      { name: 'item', kind: 'text' },
      { name: 'keys', kind: 'count' },
      { name: 'new', kind: 'count' },
      { name: 'bytes', kind: 'bytes' },
    ],
    rows: [...versions, ...unknown].map(({ pallet, item, count, added, bytes }) => [
      pallet,
      item,
      count,
      added,
      bytes,
    ]),
  }
}
