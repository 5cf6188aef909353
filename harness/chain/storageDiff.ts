import type { Changes, StateView, StorageKey } from '../state/stateView.ts'
import { isSameValue } from './compareChanges.ts'

/** What happened to the keys of one pallet item. Bytes count keys and values. */
export interface ItemDiff {
  /** `Pallet.Item`, as the newer runtime calls it, or the older one when only that knows it. */
  readonly item: string
  /** Which of the two runtimes' metadata knows the item. */
  readonly knownTo: 'both' | 'old' | 'new' | 'none'
  readonly added: number
  readonly changed: number
  readonly removed: number
  readonly bytesBefore: number
  readonly bytesAfter: number
  /** A few of the keys, in order of the changes. */
  readonly samples: readonly StorageKey[]
}

/** Tells `Pallet.Item` of a key; a part that it does not know is hex. */
export interface KeyLabels {
  itemOfKey(key: StorageKey): string
}

/** The two runtimes around an upgrade; the same twice within one. */
export interface LabelsAround {
  readonly old: KeyLabels
  readonly new: KeyLabels
}

const SAMPLES = 3

/** Effective changes by pallet item, most keys first. Keys that keep their value do not count. */
export function storageDiff(parent: StateView, changes: Changes, labels: LabelsAround): readonly ItemDiff[] {
  const diffs = new Map<string, MutableDiff>()
  for (const [key, after] of changes) {
    const before = parent.get(key)
    if (isSameValue(before, after)) continue
    const label = labelAround(key, labels)
    const diff = diffs.get(label.item) ?? emptyDiff(label)
    diffs.set(label.item, diff)
    count(diff, key, { before, after })
  }
  return [...diffs.values()].sort((a, b) => keyCount(b) - keyCount(a) || (a.item < b.item ? -1 : 1))
}

type MutableDiff = { -readonly [K in keyof ItemDiff]: ItemDiff[K] } & { samples: StorageKey[] }
type Label = Pick<ItemDiff, 'item' | 'knownTo'>

function count(
  diff: MutableDiff,
  key: StorageKey,
  values: { readonly before: Uint8Array | null; readonly after: Uint8Array | null },
): void {
  const { before, after } = values
  if (before === null) diff.added += 1
  else if (after === null) diff.removed += 1
  else diff.changed += 1
  if (before !== null) diff.bytesBefore += key.length + before.length
  if (after !== null) diff.bytesAfter += key.length + after.length
  if (diff.samples.length < SAMPLES) diff.samples.push(key)
}

function labelAround(key: StorageKey, labels: LabelsAround): Label {
  const newer = labels.new.itemOfKey(key)
  const older = labels.old === labels.new ? newer : labels.old.itemOfKey(key)
  if (isKnown(newer)) return { item: newer, knownTo: isKnown(older) ? 'both' : 'new' }
  return { item: older, knownTo: isKnown(older) ? 'old' : 'none' }
}

function isKnown(label: string): boolean {
  return !label.includes('0x')
}

function emptyDiff(label: Label): MutableDiff {
  return { ...label, added: 0, changed: 0, removed: 0, bytesBefore: 0, bytesAfter: 0, samples: [] }
}

function keyCount(diff: ItemDiff): number {
  return diff.added + diff.changed + diff.removed
}
