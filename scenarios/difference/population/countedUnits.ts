import type { ChainCodec, ChainValue, StorageItem } from '../../../harness/codec/index.ts'
import type { ChainState } from '../../../harness/state/chainState.ts'
import { leafType } from '../inputs/typedLeaf.ts'

/** One unit of a collection, such as a subnet, and how many members it has. */
export interface CountedUnit {
  readonly key: ChainValue
  readonly count: number
}

/**
 * A collection of units with numbered members, as the state shows it: a map that counts them, maps with a list of as many elements,
 * maps with a row for each, maps from a member back to its number.
 */
export interface CountedUnits {
  readonly counter: StorageItem
  readonly units: readonly CountedUnit[]
  readonly lists: readonly StorageItem[]
  readonly rows: readonly StorageItem[]
  readonly inverses: readonly StorageItem[]
  /** From the member's name and the unit's. */
  readonly members: readonly StorageItem[]
  /** Limits of the count by unit. */
  readonly limits: readonly StorageItem[]
}

const MAX_UNITS = 2_048
const PROBED = 4
/** Of the units; state from before a change of the runtime may be out of step. */
const AGREE = 0.9

/** The collections of a chain, those that most of the state hangs on first. */
export function findCountedUnits(codec: ChainCodec, state: ChainState): readonly CountedUnits[] {
  const items = [...codec.items()]
  const found = items.flatMap((counter) => {
    const units = unitsOf(codec, state, counter)
    return units === null ? [] : [collectionOf({ codec, state, items, counter, units })]
  })
  const weight = ({ lists, rows }: CountedUnits) => lists.length + rows.length
  return found.filter((one) => weight(one) > 1).sort((a, b) => weight(b) - weight(a))
}

/** Entries of a map from a number to a number, when they differ enough to be counts of something. */
function unitsOf(codec: ChainCodec, state: ChainState, item: StorageItem): readonly CountedUnit[] | null {
  const { types } = codec.metadata
  const [key] = item.keys
  if (item.keys.length !== 1 || key === undefined) return null
  if (!isNumber(leafType(types, key)) || !isNumber(leafType(types, item.value))) return null
  const units: CountedUnit[] = []
  for (const stored of state.keysWithPrefix(codec.storagePrefix(item.pallet, item.item))) {
    if (units.length >= MAX_UNITS) return null
    const described = codec.describeKey(stored)
    const value = valueAt(codec, state, item, described?.kind === 'item' ? described.args : [])
    const [unit] = described?.kind === 'item' ? described.args : []
    if (unit === undefined || typeof value !== 'number') return null
    units.push({ key: unit, count: value })
  }
  const counts = new Set(units.map(({ count }) => count))
  return counts.size > 1 && Math.max(...counts) > 1 ? units : null
}

interface Source {
  readonly codec: ChainCodec
  readonly state: ChainState
  readonly items: readonly StorageItem[]
  readonly counter: StorageItem
  readonly units: readonly CountedUnit[]
}

function collectionOf(source: Source): CountedUnits {
  const { codec, counter, units, items } = source
  const { types } = codec.metadata
  const unitType = leafType(types, counter.keys[0] ?? 0)
  const own = items.filter(({ pallet }) => pallet === counter.pallet)
  const keyType = (item: StorageItem, position: number) => leafType(types, item.keys[position] ?? 0)
  const single = own.filter((item) => item.keys.length === 1 && keyType(item, 0) === unitType)
  const double = own.filter((item) => item.keys.length === 2)
  const byUnit = double.filter((item) => keyType(item, 0) === unitType)
  const agree = (item: StorageItem, isSame: (unit: CountedUnit, item: StorageItem) => boolean | null) => {
    const answers = units.map((unit) => isSame(unit, item)).filter((answer) => answer !== null)
    return answers.length > 1 && answers.filter(Boolean).length >= AGREE * answers.length
  }
  return {
    counter,
    units,
    lists: single.filter(
      (item) => types.shape(item.value).kind === 'vec' && agree(item, (unit) => isList(source, unit, item)),
    ),
    rows: byUnit.filter(
      (item) => isNumber(keyType(item, 1)) && agree(item, (unit) => isNumbered(source, unit, item)),
    ),
    inverses: byUnit.filter(
      (item) =>
        keyType(item, 1) === 'account' &&
        isNumber(leafType(types, item.value)) &&
        agree(item, (unit) => hasAsMany(source, unit, item)),
    ),
    members: double.filter((item) => keyType(item, 0) === 'account' && keyType(item, 1) === unitType),
    limits: single.filter(
      (item) =>
        item !== counter && /^Max/.test(item.item) && agree(item, (unit) => isLimit(source, unit, item)),
    ),
  }
}

function isList({ codec, state }: Source, { key, count }: CountedUnit, item: StorageItem): boolean | null {
  const value = valueAt(codec, state, item, [key])
  return Array.isArray(value) && count > 0 ? value.length === count : null
}

function isNumbered(
  { codec, state }: Source,
  { key, count }: CountedUnit,
  item: StorageItem,
): boolean | null {
  if (count === 0) return null
  const has = (index: number) => state.get(codec.storageKey(item.pallet, item.item, key, index)) !== null
  return (
    Array.from({ length: Math.min(PROBED, count) }, (_, i) => i).every(has) && has(count - 1) && !has(count)
  )
}

function hasAsMany({ codec, state }: Source, { key, count }: CountedUnit, item: StorageItem): boolean | null {
  let found = 0
  for (const _ of state.keysWithPrefix(codec.storageKey(item.pallet, item.item, key))) found++
  return count === 0 ? null : found === count
}

function isLimit({ codec, state }: Source, { key, count }: CountedUnit, item: StorageItem): boolean | null {
  const value = valueAt(codec, state, item, [key])
  return typeof value === 'number' ? value >= count : null
}

/** The decoded value; null when absent or not decodable. */
export function valueAt(
  codec: ChainCodec,
  state: ChainState,
  item: StorageItem,
  args: readonly ChainValue[],
): ChainValue {
  const bytes = state.get(codec.storageKey(item.pallet, item.item, ...args))
  const decoded = bytes === null ? null : codec.decodeValue(item.pallet, item.item, bytes)
  return decoded?.kind === 'value' ? decoded.value : null
}

function isNumber(type: string | null): boolean {
  return type !== null && /^u(8|16|32)$/.test(type)
}
