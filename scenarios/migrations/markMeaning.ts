import { hexToBytes } from '../../harness/base/bytes.ts'
import { MIGRATION_RUN_ITEM } from '../../harness/chain/migrationMarks.ts'
import { type ChainCodec, type ChainValue, STORAGE_VERSION_ITEM } from '../../harness/codec/index.ts'
import { decodeUint } from '../../harness/codec/scale.ts'
import type { StorageKey } from '../../harness/state/stateView.ts'

/** What a key that runtimes write around their migrations says (`migrationMarks`). */
export type MarkMeaning =
  | { readonly kind: 'storageVersion'; readonly pallet: string }
  /** A note that a migration of this name has run. */
  | { readonly kind: 'migrationRun'; readonly pallet: string; readonly name: string }
  /** The cursor or the history of a pallet of migrations over several blocks. */
  | { readonly kind: 'cursor'; readonly pallet: string }
  /** `System.Number`: the migrations are over. */
  | { readonly kind: 'blockNumber' }
  | { readonly kind: 'other' }

/** By the newer runtime's names, or the older one's where only that knows the pallet. */
export function markMeaning(key: StorageKey, newer: ChainCodec, older: ChainCodec = newer): MarkMeaning {
  const codec = newer.itemOfKey(key).includes('0x') ? older : newer
  const [pallet = '', item = ''] = splitItem(codec.itemOfKey(key))
  switch (item) {
    case STORAGE_VERSION_ITEM:
      return { kind: 'storageVersion', pallet }
    case MIGRATION_RUN_ITEM:
      return { kind: 'migrationRun', pallet, name: migrationName(codec, key) }
    case 'Cursor':
    case 'Historic':
      return { kind: 'cursor', pallet }
    default:
      return pallet === 'System' && item === 'Number' ? { kind: 'blockNumber' } : { kind: 'other' }
  }
}

/** A storage version as FRAME keeps it; null when absent or no u16. */
export function storageVersion(value: Uint8Array | null): number | null {
  return value?.length === 2 ? Number(decodeUint(value)) : null
}

function splitItem(label: string): readonly string[] {
  const dot = label.indexOf('.')
  return dot < 0 ? [label] : [label.slice(0, dot), label.slice(dot + 1)]
}

/** The key of `HasMigrationRun`: bytes, which are text unless somebody keeps something else there. */
function migrationName(codec: ChainCodec, key: StorageKey): string {
  const described = codec.describeKey(key)
  const name: ChainValue | undefined = described?.kind === 'item' ? described.args[0] : undefined
  if (typeof name !== 'string' || !/^0x[0-9a-f]*$/.test(name)) return JSON.stringify(name ?? null)
  const text = Buffer.from(hexToBytes(name)).toString('utf8')
  return /^[\x20-\x7e]+$/.test(text) ? text : name
}
