import { isEqualBytes } from '../../../harness/base/bytes.ts'
import { MIGRATION_RUN_ITEM } from '../../../harness/chain/migrationMarks.ts'
import type { ChainCodec, ChainValue, StorageItem } from '../../../harness/codec/index.ts'
import { STORAGE_VERSION_ITEM } from '../../../harness/codec/index.ts'
import type { StorageKey } from '../../../harness/state/stateView.ts'
import { isOtherKey } from '../../metadata/metadataDiff.ts'
import { typeChange } from '../../metadata/typeChange.ts'

/**
 * What a difference in an item is. `state`: of the chain. `block`: of the block alone, such as its events or weight; not
 * compared here. `upgrade`: where runtimes note what they have migrated.
 */
export type ItemRole = 'state' | 'block' | 'upgrade'

/** A storage item as both runtimes have it. */
export interface ItemPair {
  /** `Pallet.Item`. */
  readonly label: string
  readonly pallet: string
  readonly item: string
  readonly role: ItemRole
  readonly older: StorageItem | null
  readonly newer: StorageItem | null
  /** Keys are where they were. */
  readonly sameKeys: boolean
  /** The same bytes mean the same. */
  readonly sameType: boolean
}

/** Which runtime's words a value is in. */
export type Speaker = 'older' | 'newer'

/** What is of one block in FRAME's System, or says which runtime ran last. */
const OF_THE_BLOCK: ReadonlySet<string> = new Set([
  'AllExtrinsicsLen',
  'BlockSize',
  'BlockWeight',
  'Digest',
  'EventCount',
  'EventTopics',
  'Events',
  'ExecutionPhase',
  'ExtrinsicCount',
  'ExtrinsicData',
  'ExtrinsicWeightReclaimed',
  'InherentsApplied',
])
const PREFIX = 32

/** The items of two runtimes by name, for telling what a key and a value mean to each. */
export class ItemPairs {
  readonly older: ChainCodec
  readonly newer: ChainCodec
  readonly #byPrefix = new Map<string, ItemPair>()
  readonly #unknown = new Map<string, ItemPair>()

  constructor(older: ChainCodec, newer: ChainCodec) {
    this.older = older
    this.newer = newer
    for (const entry of older.items()) this.#add(older, entry)
    for (const entry of newer.items()) this.#add(newer, entry)
  }

  /** The items that both or one of the runtimes know. */
  all(): Iterable<ItemPair> {
    return new Set(this.#byPrefix.values())
  }

  /** The item of a key. */
  of(key: StorageKey): ItemPair {
    return this.#byPrefix.get(key.slice(0, PREFIX)) ?? this.#ofUnknown(key)
  }

  /** The value, or null when it is absent or is none of the type; then `isBroken` tells. */
  decode(pair: ItemPair, bytes: Uint8Array | null, speaker: Speaker): ChainValue {
    const stored = bytes ?? this.fallback(pair, speaker)
    if (stored === null) return null
    const entry = speaker === 'older' ? pair.older : pair.newer
    if (entry === null) return `0x${Buffer.from(stored).toString('hex')}`
    const decoded = this.#codec(speaker).decodeValue(pair.pallet, pair.item, stored)
    return decoded.kind === 'value' ? decoded.value : `undecodable (${decoded.error})`
  }

  /** True for a value that is there and that the runtime reads as absent. */
  isBroken(pair: ItemPair, bytes: Uint8Array | null, speaker: Speaker): boolean {
    const entry = speaker === 'older' ? pair.older : pair.newer
    if (bytes === null || entry === null) return false
    return this.#codec(speaker).decodeValue(pair.pallet, pair.item, bytes).kind === 'error'
  }

  /** What an absent key reads as; null for `None`. */
  fallback(pair: ItemPair, speaker: Speaker): Uint8Array | null {
    const entry = speaker === 'older' ? pair.older : pair.newer
    return entry === null || entry.modifier === 'optional' ? null : entry.fallback
  }

  /** The arguments of a key as text, such as `(3, 5Grw…)`; empty for a plain value. */
  keyText(pair: ItemPair, key: StorageKey): string {
    const described = (pair.older === null ? this.newer : this.older).describeKey(key)
    if (described?.kind !== 'item' || described.args.length === 0) return ''
    return `(${described.args.map((arg) => (typeof arg === 'string' ? arg : JSON.stringify(arg))).join(', ')})`
  }

  #codec(speaker: Speaker): ChainCodec {
    return speaker === 'older' ? this.older : this.newer
  }

  #add(codec: ChainCodec, entry: StorageItem): void {
    const prefix = codec.storagePrefix(entry.pallet, entry.item)
    if (this.#byPrefix.has(prefix)) return
    const older = this.older.item(entry.pallet, entry.item)
    const newer = this.newer.item(entry.pallet, entry.item)
    const base = { pallet: entry.pallet, item: entry.item, label: `${entry.pallet}.${entry.item}` }
    const role = roleOf(codec, entry)
    this.#byPrefix.set(prefix, { ...base, role, older, newer, ...this.#sameness(older, newer) })
  }

  #sameness(older: StorageItem | null, newer: StorageItem | null) {
    if (older === null || newer === null) return { sameKeys: true, sameType: true }
    const change = typeChange(
      { types: this.older.metadata.types, type: older.value },
      { types: this.newer.metadata.types, type: newer.value },
    )
    const sameType =
      (change === null || change.kind === 'grown') &&
      older.modifier === newer.modifier &&
      isEqualBytes(older.fallback, newer.fallback)
    return { sameKeys: !isOtherKey({ older: this.older, newer: this.newer }, older, newer), sameType }
  }

  #ofUnknown(key: StorageKey): ItemPair {
    const label = this.newer.itemOfKey(key).includes('0x')
      ? this.older.itemOfKey(key)
      : this.newer.itemOfKey(key)
    const known = this.#unknown.get(label)
    if (known !== undefined) return known
    const [pallet = label, item = ''] = label.split('.')
    const isVersion = label.includes(STORAGE_VERSION_ITEM)
    const role = isVersion ? 'upgrade' : label === ':code' ? 'block' : 'state'
    const pair: ItemPair = {
      label,
      pallet,
      item,
      role,
      older: null,
      newer: null,
      sameKeys: true,
      sameType: true,
    }
    this.#unknown.set(label, pair)
    return pair
  }
}

function roleOf(codec: ChainCodec, { pallet, item }: StorageItem): ItemRole {
  if (pallet === 'System' && OF_THE_BLOCK.has(item)) return 'block'
  if (pallet === 'System' && item === 'LastRuntimeUpgrade') return 'upgrade'
  if (item === MIGRATION_RUN_ITEM) return 'upgrade'
  // pallet_migrations, under whatever name.
  const isMigrations = codec.item(pallet, 'Cursor') !== null && codec.item(pallet, 'Historic') !== null
  return isMigrations ? 'upgrade' : 'state'
}
