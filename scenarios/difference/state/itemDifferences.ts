import { MIGRATION_RUN_ITEM } from '../../../harness/chain/migrationMarks.ts'
import type { ChainValue } from '../../../harness/codec/index.ts'
import type { Difference, DifferenceKind } from '../difference.ts'
import {
  type EntryChange,
  type EntryChangeKind,
  type EntrySource,
  entryChange,
  firstChange,
} from './entryChange.ts'
import type { ItemPair } from './itemPairs.ts'
import { leftoverSiblings } from './leftovers.ts'
import { shortValue } from './shortValue.ts'
import type { DifferingKey, StateTrack } from './stateTrack.ts'
import { valueDifferences } from './valueDifference.ts'

export interface StateObservation extends EntrySource {
  readonly track: StateTrack
  /** Heights of the candidate's first block and of the last one. */
  readonly first: number
  readonly last: number
}

const SAMPLES = 3
const MAX_NOTES = 8
/** What moved so often without the upgrade and never with it does not come any more; fewer may be a longer period. */
const STEADY_MOVES = 20
const GRAVITY: readonly EntryChangeKind[] = ['broken', 'lost', 'emptied', 'still', 'gained', 'changed']

/** What the two sides' states differ in, an item at a time, in the order in which they first did. */
export function itemDifferences(observation: StateObservation): readonly Difference[] {
  const byItem = new Map<ItemPair, DifferingKey[]>()
  for (const entry of observation.track.keys()) {
    const list = byItem.get(entry.pair) ?? []
    list.push(entry)
    byItem.set(entry.pair, list)
  }
  return [...byItem].flatMap(([pair, entries]) => differencesOf(observation, pair, entries))
}

function differencesOf(
  observation: StateObservation,
  pair: ItemPair,
  entries: readonly DifferingKey[],
): readonly Difference[] {
  const groups = new Map<EntryChangeKind, EntryChange[]>()
  for (const entry of entries) {
    const change = gravest(firstChange(observation, entry), entryChange(observation, entry), observation)
    const group = groups.get(change.kind) ?? []
    group.push(change)
    groups.set(change.kind, group)
  }
  return GRAVITY.flatMap((kind) => {
    const changes = groups.get(kind)
    const isOnly = groups.size === 1
    return changes === undefined ? [] : [toDifference(observation, pair, { kind, changes, isOnly })]
  })
}

/** A key that was lost in the candidate's first block was lost, whatever came later. */
function gravest(
  first: EntryChange,
  last: EntryChange | null,
  { first: block }: StateObservation,
): EntryChange {
  if (last === null) return { ...first, kind: first.kind === 'broken' ? 'broken' : 'changed' }
  const isOfMigration = first.entry.since === block && !last.entry.filled
  return isOfMigration && GRAVITY.indexOf(first.kind) < GRAVITY.indexOf(last.kind) ? first : last
}

interface Group {
  readonly kind: EntryChangeKind
  readonly changes: readonly EntryChange[]
  /** Nothing else became of the item's entries. */
  readonly isOnly: boolean
}

function toDifference(observation: StateObservation, pair: ItemPair, group: Group): Difference {
  const { kind, changes } = group
  const siblings =
    kind === 'lost'
      ? leftoverSiblings(observation.pairs.older, observation.start, { pair, lost: changes })
      : []
  const total = countEntries(observation, pair)
  const since = Math.min(...changes.map(({ entry }) => entry.since))
  const isMap = (pair.older ?? pair.newer)?.keys.length !== 0
  const what = isMap ? `: ${entriesText(changes.length, total)}` : ' '
  return {
    kind: siblings.length > 0 ? 'changed' : kindOf(pair, group, total),
    area: 'storage',
    subject: pair.label,
    title: `${pair.label}${what}${SAYS[kind](isMap && changes.length !== 1)}, from block ${since} on${sumText(changes)}${whyText(pair, siblings)}`,
    facts: {
      change: kind,
      entries: changes.length,
      of: total,
      sinceBlock: since,
      untilBlock: observation.last,
    },
    evidence: changes.slice(0, SAMPLES).map((change) => sampleLine(observation, change)),
  }
}

const SAYS: Readonly<Record<EntryChangeKind, (many: boolean) => string>> = {
  broken: (many) => `${many ? 'hold' : 'holds'} bytes that are not a value of the item's type`,
  lost: (many) => `${many ? 'are' : 'is'} gone, and without the upgrade ${many ? 'are' : 'is'} not`,
  emptied: (many) =>
    `${many ? 'are' : 'is'} zero or empty, and without the upgrade ${many ? 'are' : 'is'} not`,
  gained: (many) => `${many ? 'are' : 'is'} there that without the upgrade ${many ? 'are' : 'is'} not`,
  still: (many) => `${many ? 'stand' : 'stands'} still, and without the upgrade ${many ? 'move' : 'moves'}`,
  changed: (many) => `${many ? 'have' : 'has'} another value than without the upgrade`,
}

function kindOf(pair: ItemPair, { kind, changes, isOnly }: Group, total: number): DifferenceKind {
  // A release has few migrations; whoever goes on noting them does something else.
  if (pair.item === MIGRATION_RUN_ITEM) return changes.length > MAX_NOTES ? 'changed' : 'new'
  if (pair.role === 'upgrade' || (pair.older === null && pair.newer !== null)) return 'new'
  // That the item is gone was declared; what became of its entries is for a person to say.
  if (pair.newer === null && pair.older !== null) return 'changed'
  if (kind === 'lost' || kind === 'broken') return 'lost'
  // One value may be set to zero on purpose; most of a map is not.
  if (kind === 'emptied') return total > 1 && changes.length * 2 >= total ? 'lost' : 'changed'
  const hasEnded =
    kind === 'still' && isOnly && changes.every(({ entry }) => entry.controlMoves >= STEADY_MOVES)
  return hasEnded ? 'ended' : 'changed'
}

function entriesText(count: number, total: number): string {
  const noun = total === 1 || (count === 1 && total <= 1) ? 'entry' : 'entries'
  return count <= total ? `${count} of ${total} ${noun} ` : `${count} ${count === 1 ? 'entry' : 'entries'} `
}

/** Entries of the item without the upgrade. */
function countEntries({ pairs, states }: StateObservation, pair: ItemPair): number {
  const codec = pair.older === null ? pairs.newer : pairs.older
  if (pair.older === null && pair.newer === null) return 0
  let count = 0
  for (const _ of states.control.keysWithPrefix(codec.storagePrefix(pair.pallet, pair.item))) count++
  return count
}

/** What explains a loss, as far as the state and the metadata tell. */
function whyText(pair: ItemPair, siblings: readonly string[]): string {
  if (siblings.length > 0)
    return `; they belonged to nothing: ${siblings.join(', ')} had no entry of their keys`
  return pair.newer === null && pair.older !== null ? '; the candidate has no such item' : ''
}

/** How the sum of numbers differs, where the values are numbers. */
function sumText(changes: readonly EntryChange[]): string {
  const control = sumOf(changes.map((change) => change.control))
  const candidate = sumOf(changes.map((change) => change.candidate))
  if (control === null || candidate === null || control === candidate || control === 0n) return ''
  const share = Number((candidate * 10_000n) / control) / 10_000
  return changes.length === 1
    ? ` (${candidate} instead of ${control})`
    : ` (their sum is ${share} of the other)`
}

function sumOf(values: readonly ChainValue[]): bigint | null {
  let sum = 0n
  for (const value of values) {
    const numbers: readonly ChainValue[] = Array.isArray(value) ? value : [value]
    for (const number of numbers) {
      if (typeof number === 'number') sum += BigInt(number)
      else if (typeof number === 'string' && /^-?\d+$/.test(number)) sum += BigInt(number)
      else return null
    }
  }
  return sum
}

function sampleLine({ pairs }: StateObservation, change: EntryChange): string {
  const { entry, before, control, candidate } = change
  const name = `${entry.pair.item}${pairs.keyText(entry.pair, entry.key)}`
  const places = valueDifferences(control, candidate, 2).filter(({ path }) => path !== '')
  const at = places.map(
    ({ path, before: was, after }) => `${path}: ${shortValue(was)} -> ${shortValue(after)}`,
  )
  const where = at.length === 0 ? '' : `; without -> with, at ${at.join(', ')}`
  return `block ${entry.since}: ${name}: before ${shortValue(before)}, without the upgrade ${shortValue(control)}, with it ${shortValue(candidate)}${where}`
}
