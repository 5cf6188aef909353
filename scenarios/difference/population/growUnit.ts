import type { ChainCodec, ChainInput, ChainValue, StorageItem } from '../../../harness/codec/index.ts'
import type { ChainState } from '../../../harness/state/chainState.ts'
import type { StorageKey } from '../../../harness/state/stateView.ts'
import { leafType } from '../inputs/typedLeaf.ts'
import { type CountedUnit, type CountedUnits, valueAt } from './countedUnits.ts'

/** An entry by name, which each runtime encodes in its own way. */
export interface NamedEntry {
  readonly pallet: string
  readonly item: string
  readonly args: readonly ChainInput[]
  readonly value: ChainInput
}

/**
 * The entries that give a unit `size` members: lists as long, a row and a name for each new member, the count, and limits that
 * allow it. New members are like the last one, but for their accounts, which nobody has.
 */
export function growUnit(
  codec: ChainCodec,
  state: ChainState,
  grown: { readonly collection: CountedUnits; readonly unit: CountedUnit; readonly size: number },
): readonly NamedEntry[] {
  const { collection, unit, size } = grown
  const { key, count } = unit
  const entry = (
    { pallet, item }: StorageItem,
    args: readonly ChainInput[],
    value: ChainInput,
  ): NamedEntry => ({
    pallet,
    item,
    args,
    value,
  })
  const added = Array.from({ length: Math.max(size - count, 0) }, (_, i) => count + i)
  const entries = [entry(collection.counter, [key], size)]
  for (const item of collection.lists) {
    const list = valueAt(codec, state, item, [key])
    if (!Array.isArray(list)) continue
    const last: ChainValue = list.at(-1) ?? null
    if (last !== null) entries.push(entry(item, [key], [...list, ...added.map(() => last)]))
  }
  for (const item of collection.limits) {
    const limit = valueAt(codec, state, item, [key])
    // What limits validators or the like leaves the count alone.
    if (typeof limit === 'number' && limit < size && limit >= count) entries.push(entry(item, [key], size))
  }
  for (const index of added) entries.push(...memberEntries(codec, state, { ...grown, index, entry }))
  return entries
}

interface Member {
  readonly collection: CountedUnits
  readonly unit: CountedUnit
  readonly index: number
  entry(item: StorageItem, args: readonly ChainInput[], value: ChainInput): NamedEntry
}

function memberEntries(codec: ChainCodec, state: ChainState, member: Member): readonly NamedEntry[] {
  const { collection, unit, index, entry } = member
  const { key, count } = unit
  const account = memberAccount(key, index)
  const entries: NamedEntry[] = []
  let like: ChainValue = null
  for (const item of collection.rows) {
    const isName = leafType(codec.metadata.types, item.value) === 'account'
    const last = valueAt(codec, state, item, [key, count - 1])
    if (isName) like = last
    if (last !== null) entries.push(entry(item, [key, index], isName ? account : last))
  }
  for (const item of collection.inverses) entries.push(entry(item, [key, account], index))
  if (like === null) return entries
  for (const item of collection.members) {
    const value = valueAt(codec, state, item, [like, key])
    // Amounts would have to add up with others.
    if (typeof value === 'boolean') entries.push(entry(item, [account, key], value))
  }
  for (const item of codec.items()) {
    const isOfAccount =
      item.keys.length === 1 && leafType(codec.metadata.types, item.keys[0] ?? 0) === 'account'
    if (!isOfAccount || item.pallet !== collection.counter.pallet) continue
    if (leafType(codec.metadata.types, item.value) !== 'account') continue
    const value = valueAt(codec, state, item, [like])
    if (value !== null) entries.push(entry(item, [account], value))
  }
  return entries
}

/** Changes of the entries in one runtime's encoding; entries that it does not have are left out. */
export function toChanges(
  codec: ChainCodec,
  entries: readonly NamedEntry[],
): ReadonlyMap<StorageKey, Uint8Array> {
  const changes = new Map<StorageKey, Uint8Array>()
  for (const { pallet, item, args, value } of entries) {
    if (codec.item(pallet, item) === null) continue
    changes.set(codec.storageKey(pallet, item, ...args), codec.encodeValue(pallet, item, value))
  }
  return changes
}

/** `member` in ASCII, the unit, the number. */
function memberAccount(unit: ChainValue, index: number): string {
  const number = (value: unknown) => (Number(value) >>> 0).toString(16).padStart(8, '0')
  return `0x6d656d626572${number(unit)}${number(index)}`.padEnd(66, '0')
}
