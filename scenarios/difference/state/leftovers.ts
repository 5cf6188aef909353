import type { ChainCodec, StorageItem } from '../../../harness/codec/index.ts'
import type { ChainState } from '../../../harness/state/chainState.ts'
import { leafType } from '../inputs/typedLeaf.ts'
import type { EntryChange } from './entryChange.ts'
import type { ItemPair } from './itemPairs.ts'

const KEPT_SAMPLES = 64
/** Of the kept entries, so many have one of the same key in the sibling. */
const COVERED = 0.9

/**
 * The items that say that lost entries belonged to nothing: they have an entry of the same key for nearly all entries that the item
 * keeps, and for none of those that it loses, as after a cleaning of rows that an earlier removal left behind. Empty when there is none.
 */
export function leftoverSiblings(
  codec: ChainCodec,
  start: ChainState,
  { pair, lost }: { readonly pair: ItemPair; readonly lost: readonly EntryChange[] },
): readonly string[] {
  const { older } = pair
  if (older === null || older.keys.length < 2) return []
  const gone = new Set(lost.map(({ entry }) => entry.key))
  const kept: string[] = []
  for (const key of start.keysWithPrefix(codec.storagePrefix(pair.pallet, pair.item))) {
    if (kept.length >= KEPT_SAMPLES) break
    if (!gone.has(key)) kept.push(key)
  }
  if (kept.length === 0) return []
  const siblings = [...codec.items()].filter((item) => isSibling(codec, older, item))
  const has = (item: StorageItem) => (key: string) => {
    const described = codec.describeKey(key)
    if (described?.kind !== 'item') return false
    return start.get(codec.storageKey(item.pallet, item.item, ...described.args)) !== null
  }
  return siblings
    .filter((item) => {
      const isThere = has(item)
      return kept.filter(isThere).length >= COVERED * kept.length && ![...gone].some(isThere)
    })
    .map(({ item }) => item)
}

function isSibling(codec: ChainCodec, item: StorageItem, other: StorageItem): boolean {
  const { types } = codec.metadata
  const kinds = ({ keys }: StorageItem) => keys.map((key) => leafType(types, key) ?? '?').join()
  return other.pallet === item.pallet && other.item !== item.item && kinds(other) === kinds(item)
}
