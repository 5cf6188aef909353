import type { ChainCodec, ChainValue, StorageItem, TypeRef } from '../../../harness/codec/index.ts'
import type { ChainState } from '../../../harness/state/chainState.ts'
import type { StorageKey } from '../../../harness/state/stateView.ts'
import { leavesOf, type TypedLeaf } from './typedLeaf.ts'

/** The parts of one stored entry, key and value: what belongs together in the state often belongs together in a call. */
export interface StateRow {
  readonly pallet: string
  readonly item: string
  readonly leaves: readonly TypedLeaf[]
}

const ROWS_AN_ITEM = 16
/** Whoever has one of the largest of so many balances is rich. */
const BALANCES_SEEN = 512
const RICH = 6

/** Values that the chain's state holds, by pallet and by type, for making calls that may succeed. The same in each run. */
export class StatePool {
  readonly codec: ChainCodec
  /** Accounts with the largest balances seen, SS58. */
  readonly rich: readonly ChainValue[]
  readonly #rows: readonly StateRow[]
  readonly #byPallet = new Map<string, StateRow[]>()
  readonly #byType = new Map<string, Set<ChainValue>>()
  readonly #byName = new Map<string, Set<ChainValue>>()

  constructor(codec: ChainCodec, state: ChainState) {
    this.codec = codec
    this.#rows = [...codec.items()].flatMap((entry) => rowsOf(codec, state, entry))
    for (const row of this.#rows) {
      const rows = this.#byPallet.get(row.pallet) ?? []
      rows.push(row)
      this.#byPallet.set(row.pallet, rows)
      for (const leaf of row.leaves) {
        addTo(this.#byType, leaf.type, leaf.value)
        if (leaf.name !== null) addTo(this.#byName, `${leaf.type} ${normal(leaf.name)}`, leaf.value)
      }
    }
    this.rich = richest(codec, state)
  }

  /** Sampled entries of a pallet's items; all of them when it has none. */
  rowsOf(pallet: string): readonly StateRow[] {
    return this.#byPallet.get(pallet) ?? this.#rows
  }

  get rows(): readonly StateRow[] {
    return this.#rows
  }

  /** Values of a leaf's type anywhere in the state. */
  ofType(type: string): readonly ChainValue[] {
    return [...(this.#byType.get(type) ?? [])]
  }

  /** Values of the type in items or fields of that name, such as `tempo` of `Tempo`. */
  ofName(type: string, name: string): readonly ChainValue[] {
    return [...(this.#byName.get(`${type} ${normal(name)}`) ?? [])]
  }
}

const MAX_VALUES = 64

function addTo(map: Map<string, Set<ChainValue>>, key: string, value: ChainValue): void {
  const values = map.get(key) ?? new Set()
  if (values.size < MAX_VALUES) values.add(value)
  map.set(key, values)
}

function normal(name: string): string {
  return name.toLowerCase().replaceAll('_', '')
}

function rowsOf(codec: ChainCodec, state: ChainState, entry: StorageItem): StateRow[] {
  const { pallet, item } = entry
  const keys = sampleKeys(state, codec.storagePrefix(pallet, item), entry.keys.length === 0)
  return keys.flatMap((key) => {
    const described = codec.describeKey(key)
    const value = state.get(key)
    if (described?.kind !== 'item' || value === null) return []
    const decoded = codec.decodeValue(pallet, item, value)
    const { types } = codec.metadata
    const ofKey = described.args.flatMap((arg, i) =>
      leavesOf(types, partType(entry, i), { value: arg, name: null }),
    )
    const ofValue =
      decoded.kind === 'value' ? leavesOf(types, entry.value, { value: decoded.value, name: item }) : []
    return [{ pallet, item, leaves: [...ofKey, ...ofValue] }]
  })
}

function partType(entry: StorageItem, position: number): TypeRef {
  return entry.keys[position] ?? 0
}

/** The first keys, and the first ones after places spread over the prefix. */
function sampleKeys(state: ChainState, prefix: StorageKey, isPlain: boolean): readonly StorageKey[] {
  if (isPlain) return state.get(prefix) === null ? [] : [prefix]
  const found = new Set<StorageKey>()
  for (let i = 0; i < ROWS_AN_ITEM; i++) {
    const start = i < ROWS_AN_ITEM / 2 ? i : (i - ROWS_AN_ITEM / 2) * 32
    const key = state.nextKey(prefix + (i === 0 ? '' : String.fromCharCode(start)))
    if (key?.startsWith(prefix)) found.add(key)
  }
  return [...found]
}

function richest(codec: ChainCodec, state: ChainState): readonly ChainValue[] {
  if (codec.item('System', 'Account') === null) return []
  const seen: { readonly account: ChainValue; readonly free: bigint }[] = []
  for (const key of state.keysWithPrefix(codec.storagePrefix('System', 'Account'))) {
    if (seen.length >= BALANCES_SEEN) break
    const described = codec.describeKey(key)
    const account = described?.kind === 'item' ? described.args[0] : undefined
    const decoded = codec.decodeValue('System', 'Account', state.get(key) ?? new Uint8Array())
    if (account !== undefined && decoded.kind === 'value') seen.push({ account, free: freeOf(decoded.value) })
  }
  return seen
    .sort((a, b) => (a.free === b.free ? 0 : a.free > b.free ? -1 : 1))
    .slice(0, RICH)
    .map(({ account }) => account)
}

function freeOf(value: ChainValue): bigint {
  // SAFETY: an AccountInfo of FRAME has these fields; anything else counts as nothing.
  const free = (value as { readonly data?: { readonly free?: unknown } } | null)?.data?.free
  return typeof free === 'string' || typeof free === 'number' ? BigInt(free) : 0n
}
