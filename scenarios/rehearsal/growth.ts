import { isMigrationsPallet } from '../../harness/chain/migrationMarks.ts'
import { storageDiff } from '../../harness/chain/storageDiff.ts'
import type { ChainCodec } from '../../harness/codec/index.ts'
import type { StateView, StorageKey } from '../../harness/state/stateView.ts'
import type { SequenceBlock } from './blockSequence.ts'

/** Fewer blocks in a row do not show that growth never ends. */
export const LEAST_GROWTH_BLOCKS = 8

/** An item that gains keys in every block. */
export interface GrowingItem {
  /** `Pallet.Item`. */
  readonly item: string
  /** Blocks in a row up to the last one. */
  readonly blocks: number
  /** Keys that it gained in them. */
  readonly keys: number
  /** A few of the last block's. */
  readonly samples: readonly StorageKey[]
}

/**
 * Items that gain keys in every one of the last blocks, `LEAST_GROWTH_BLOCKS` of them or more. What adds a key and removes
 * one does not grow; nor does an item that fills from another of its pallet, which is then moved; nor anything while a
 * multi-block migration has its cursor.
 */
export function growingItems(blocks: readonly SequenceBlock[]): readonly GrowingItem[] {
  const tail = quietTail(blocks)
  if (tail.length < LEAST_GROWTH_BLOCKS) return []
  const gains = tail.map(itemGains)
  const last = gains.at(-1) ?? new Map<string, ItemGain>()
  return [...last].flatMap(([item, { samples }]) => {
    const start = gains.findLastIndex((block) => (block.get(item)?.keys ?? 0) <= 0) + 1
    const count = tail.length - start
    if (count < LEAST_GROWTH_BLOCKS) return []
    const window = gains.slice(start)
    const keys = totalOf(window, item)
    return isMoved(window, { item, keys }) ? [] : [{ item, blocks: count, keys, samples }]
  })
}

/**
 * The items that gained keys in each of these blocks from `number` on, which is what the chain does without the upgrade; in
 * all of its blocks when it stopped before.
 */
export function itemsGrowingSince(number: number, blocks: readonly SequenceBlock[]): ReadonlySet<string> {
  const built = blocks.filter(({ result }) => result.kind === 'built')
  const later = built.filter((block) => block.number >= number)
  const [first, ...others] = (later.length > 0 ? later : built).map(itemGains)
  const grows = (block: ReadonlyMap<string, ItemGain>, item: string) => (block.get(item)?.keys ?? 0) > 0
  const items = [...(first?.keys() ?? [])].filter((item) => first !== undefined && grows(first, item))
  return new Set(items.filter((item) => others.every((block) => grows(block, item))))
}

/** True while a multi-block migration is under way: pallet_migrations, under whatever name, has a cursor. */
export function hasMigrationCursor(codec: ChainCodec, state: StateView): boolean {
  return codec.metadata.pallets.some(
    ({ name }) => isMigrationsPallet(codec, name) && state.get(codec.storageKey(name, 'Cursor')) !== null,
  )
}

/** The last blocks built one after the other without a multi-block migration. */
function quietTail(blocks: readonly SequenceBlock[]): readonly SequenceBlock[] {
  const built = blocks.filter(({ result }) => result.kind === 'built')
  const busy = built.findLastIndex(({ runtime, parent }) => hasMigrationCursor(runtime.codec, parent.state))
  return built.slice(busy + 1)
}

interface ItemGain {
  /** Added less removed. */
  readonly keys: number
  readonly samples: readonly StorageKey[]
}

function itemGains({ parent, result, runtime: { codec } }: SequenceBlock): ReadonlyMap<string, ItemGain> {
  if (result.kind !== 'built') return new Map()
  const diffs = storageDiff(parent.state, result.head.state.changes, { old: codec, new: codec })
  return new Map(diffs.map(({ item, added, removed, samples }) => [item, { keys: added - removed, samples }]))
}

type Gains = readonly ReadonlyMap<string, ItemGain>[]

function totalOf(window: Gains, item: string): number {
  return window.reduce((total, block) => total + (block.get(item)?.keys ?? 0), 0)
}

/** Another item of the pallet loses as many keys. */
function isMoved(window: Gains, { item, keys }: { readonly item: string; readonly keys: number }): boolean {
  const pallet = `${item.split('.')[0]}.`
  const others = new Set(window.flatMap((block) => [...block.keys()]))
  others.delete(item)
  return [...others].some((other) => other.startsWith(pallet) && -totalOf(window, other) >= keys)
}
