import type { PortableRegistry } from '@polkadot/types'
import type {
  MetadataLatest,
  PalletMetadataLatest,
  StorageEntryMetadataLatest,
} from '@polkadot/types/interfaces'
import type { PalletVariants, TypeRef } from '../shape/shape.ts'
import { toVariants } from './portableTypes.ts'

/** How a part of a storage key is hashed; names as in metadata. */
export type StorageHasher =
  | 'Blake2_128'
  | 'Blake2_256'
  | 'Blake2_128Concat'
  | 'Twox128'
  | 'Twox256'
  | 'Twox64Concat'
  | 'Identity'

export interface StorageItem {
  readonly pallet: string
  readonly item: string
  /** What the first half of the key is a hash of; the pallet's name unless the runtime says otherwise. */
  readonly palletPrefix: string
  /** `optional`: an absent key reads as `None`; else as `fallback`. */
  readonly modifier: 'optional' | 'default' | 'required'
  /** One for each key part; none for a plain value. */
  readonly hashers: readonly StorageHasher[]
  readonly keys: readonly TypeRef[]
  readonly value: TypeRef
  readonly fallback: Uint8Array
}

export interface PalletConstant {
  readonly type: TypeRef
  readonly value: Uint8Array
}

export interface PalletMetadata {
  readonly name: string
  readonly index: number
  readonly storage: ReadonlyMap<string, StorageItem>
  readonly constants: ReadonlyMap<string, PalletConstant>
}

/**
 * Variants of each pallet that has some, by pallet index. Before metadata V12 the index was not written: it was the position
 * among the pallets that have calls (events), and for errors among all pallets.
 */
export function palletVariants(
  version: number,
  latest: MetadataLatest,
  typeOf: (pallet: PalletMetadataLatest) => TypeRef | null,
): ReadonlyMap<number, PalletVariants> {
  const found = new Map<number, PalletVariants>()
  const isError = (pallet: PalletMetadataLatest, type: TypeRef) =>
    pallet.errors.isSome && pallet.errors.unwrap().type.toNumber() === type
  let withSome = 0
  latest.pallets.forEach((pallet, position) => {
    const type = typeOf(pallet)
    if (type === null) return
    const counted = isError(pallet, type) ? position : withSome
    const index = version < 12 ? counted : pallet.index.toNumber()
    withSome++
    const { def } = latest.lookup.getSiType(type)
    const variants = toVariants(def.isVariant ? def.asVariant.variants : [])
    found.set(index, { pallet: pallet.name.toString(), index, variants })
  })
  return found
}

export function readPallet(pallet: PalletMetadataLatest, lookup: PortableRegistry): PalletMetadata {
  const name = pallet.name.toString()
  const storage = pallet.storage.isSome ? pallet.storage.unwrap() : null
  const items = storage?.items.map((entry) =>
    storageItem({ pallet: name, palletPrefix: storage.prefix.toString(), entry, lookup }),
  )
  return {
    name,
    index: pallet.index.toNumber(),
    storage: new Map(items?.map((item) => [item.item, item])),
    constants: new Map(
      pallet.constants.map(({ name, type, value }) => [
        name.toString(),
        { type: type.toNumber(), value: value.toU8a(true).slice() },
      ]),
    ),
  }
}

interface EntrySource {
  readonly pallet: string
  readonly palletPrefix: string
  readonly entry: StorageEntryMetadataLatest
  readonly lookup: PortableRegistry
}

function storageItem({ pallet, palletPrefix, entry, lookup }: EntrySource): StorageItem {
  const { type, modifier } = entry
  const common = {
    pallet,
    palletPrefix,
    item: entry.name.toString(),
    modifier: modifier.isOptional ? 'optional' : modifier.isRequired ? 'required' : 'default',
    fallback: entry.fallback.toU8a(true).slice(),
  } as const
  if (type.isPlain) return { ...common, hashers: [], keys: [], value: type.asPlain.toNumber() }
  const { hashers, key, value } = type.asMap
  const keys = hashers.length === 1 ? [key] : [...lookup.getSiType(key).def.asTuple]
  return {
    ...common,
    // SAFETY: the hashers of metadata V11 to V16 are exactly those of StorageHasher.
    hashers: hashers.map((hasher) => hasher.type as StorageHasher),
    keys: keys.map((part) => part.toNumber()),
    value: value.toNumber(),
  }
}
