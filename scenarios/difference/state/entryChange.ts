import type { ChainValue } from '../../../harness/codec/index.ts'
import type { ChainState } from '../../../harness/state/chainState.ts'
import type { ItemPairs } from './itemPairs.ts'
import type { DifferingKey, TwinStates } from './stateTrack.ts'
import { isBlank, isSameByName } from './valueDifference.ts'

/**
 * What became of one entry. `lost`: it has a value without the upgrade, and none with it. `emptied`: its value is zero, or empty,
 * with it. `broken`: what is there
 * is not a value of its type. `gained`: the other way round. `still`: it moves without the upgrade, and stands still with it.
 * `changed`: it has another value.
 */
export type EntryChangeKind = 'lost' | 'emptied' | 'broken' | 'gained' | 'still' | 'changed'

/** One entry of an item, decoded. */
export interface EntryChange {
  readonly kind: EntryChangeKind
  readonly entry: DifferingKey
  /** At the fork, in the block after the upgrade without it, and with it. */
  readonly before: ChainValue
  readonly control: ChainValue
  readonly candidate: ChainValue
}

export interface EntrySource {
  readonly pairs: ItemPairs
  /** Where both sides started. */
  readonly start: ChainState
  readonly states: TwinStates
}

/** What became of a key that differs at the end; null when both sides mean the same by then. */
export function entryChange(source: EntrySource, entry: DifferingKey): EntryChange | null {
  if (!entry.differs) return null
  const { states } = source
  if (!entry.pair.sameKeys) return firstChange(source, entry)
  return changeOf(source, entry, {
    control: states.control.get(entry.key),
    candidate: states.candidate.get(entry.key),
  })
}

/** The same as it was in the block in which the key first differed. */
export function firstChange(source: EntrySource, entry: DifferingKey): EntryChange {
  return changeOf(source, entry, { control: entry.controlThen, candidate: entry.candidateThen })
}

interface RawValues {
  readonly control: Uint8Array | null
  readonly candidate: Uint8Array | null
}

function changeOf({ pairs, start }: EntrySource, entry: DifferingKey, raw: RawValues): EntryChange {
  const { pair, key } = entry
  const [older, newer] = [
    pair.older === null ? 'newer' : 'older',
    pair.newer === null ? 'older' : 'newer',
  ] as const
  const before = pairs.decode(pair, start.get(key), older)
  const control = pairs.decode(pair, raw.control, older)
  const candidate = pairs.decode(pair, raw.candidate, newer)
  const parts = { entry, before, control, candidate }
  if (pairs.isBroken(pair, raw.candidate, newer) && !pairs.isBroken(pair, raw.control, older)) {
    return { kind: 'broken', ...parts }
  }
  if (!isAbsentOrBlank(raw.control, control) && isAbsentOrBlank(raw.candidate, candidate)) {
    if (entry.filled) return { kind: 'changed', ...parts }
    // What never was there is not lost: it does not come, and without the upgrade it does.
    if (isBlank(before)) return { kind: 'still', ...parts }
    return { kind: raw.candidate === null ? 'lost' : 'emptied', ...parts }
  }
  if (isAbsentOrBlank(raw.control, control) && !isAbsentOrBlank(raw.candidate, candidate)) {
    return { kind: raw.control === null ? 'gained' : 'changed', ...parts }
  }
  const isStill = entry.candidateMoves === 0 && isSameByName(before, candidate)
  return { kind: isStill ? 'still' : 'changed', ...parts }
}

function isAbsentOrBlank(raw: Uint8Array | null, value: ChainValue): boolean {
  return raw === null || isBlank(value)
}
