import {
  binaryToBytes,
  binaryToHex,
  bytesToBinary,
  bytesToHex,
  concatBytes,
  utf8ToBytes,
} from '../base/bytes.ts'
import { DrydockError } from '../base/errors.ts'
import { blake2_128, blake2_256, twox64, twox128, twox256 } from '../base/hash.ts'
import type { StorageHasher, StorageItem } from './metadata/palletMetadata.ts'
import type { RuntimeMetadata } from './metadata/runtimeMetadata.ts'
import { decodeShape, ShapeReader } from './shape/decodeShape.ts'
import { asEncodeError } from './shape/encodeError.ts'
import { encodeShape } from './shape/encodeShape.ts'
import { type ChainInput, type ChainValue, ShapeError } from './shape/shape.ts'

/** A storage key is a binary string, as everywhere in `state`. */
export type KeyDescription =
  | {
      readonly kind: 'item'
      readonly pallet: string
      readonly item: string
      /** One a key part; a part of which only a hash is kept is `{ hash: '0x…' }`. */
      readonly args: readonly ChainValue[]
    }
  /** Of a known item, but what follows the prefix is not a key of it. */
  | { readonly kind: 'malformed'; readonly pallet: string; readonly item: string; readonly error: string }
  | { readonly kind: 'wellKnown'; readonly name: string }

/** `value` with the number of bytes after it, which is 0 for a value of exactly that type. */
export type ValueDecoding =
  | { readonly kind: 'value'; readonly value: ChainValue; readonly remaining: number }
  | { readonly kind: 'error'; readonly error: string }

export interface StorageCodec {
  /** Metadata of an item, or null. */
  item(pallet: string, item: string): StorageItem | null
  /** All items of all pallets. */
  items(): Iterable<StorageItem>
  /** 32 bytes that start every key of the item. Throws `CODEC_UNKNOWN_STORAGE`. */
  storagePrefix(pallet: string, item: string): string
  /** The key for the first `args.length` key parts: whole with all of them, else a prefix for iteration. */
  storageKey(pallet: string, item: string, ...args: readonly ChainInput[]): string
  /**
   * `Pallet.Item` by the prefix alone, for grouping. Keys of no item group by what is known of them: `Pallet.0x…`,
   * `0x….0x…`, or the well-known name.
   */
  itemOfKey(key: string): string
  /** Null for a key under no known prefix. */
  describeKey(key: string): KeyDescription | null
  decodeValue(pallet: string, item: string, bytes: Uint8Array): ValueDecoding
  /** Throws `CODEC_ENCODE` when the value does not fit the item's type. */
  encodeValue(pallet: string, item: string, value: ChainInput): Uint8Array
  /** What the runtime reads when the key is absent; null when it reads `None`. */
  fallback(pallet: string, item: string): Uint8Array | null
}

/** Where FRAME keeps a pallet's storage version, a u16; not in metadata. */
export const STORAGE_VERSION_ITEM = ':__STORAGE_VERSION__:'
/** Where it kept the version of the pallet's crate during 2021. */
const PALLET_VERSION_ITEM = ':__PALLET_VERSION__:'

const CHILD_STORAGE = ':child_storage:'
/** The pallet's hash and the item's. */
export const PREFIX_BYTES = 32
const HALF = 16

/** How many hash bytes stand before the key part, and whether the part itself follows. */
export const HASHERS: Readonly<
  Record<StorageHasher, { bytes: number; isOpen: boolean; hash(b: Uint8Array): Uint8Array }>
> = {
  Blake2_128: { bytes: 16, isOpen: false, hash: blake2_128 },
  Blake2_256: { bytes: 32, isOpen: false, hash: blake2_256 },
  Blake2_128Concat: { bytes: 16, isOpen: true, hash: blake2_128 },
  Twox128: { bytes: 16, isOpen: false, hash: twox128 },
  Twox256: { bytes: 32, isOpen: false, hash: twox256 },
  Twox64Concat: { bytes: 8, isOpen: true, hash: twox64 },
  Identity: { bytes: 0, isOpen: true, hash: () => new Uint8Array() },
}

/** What stands under a prefix. */
export interface KnownPrefix {
  readonly label: string
  readonly pallet: string
  readonly item: string
  /** Null for the storage version. */
  readonly entry: StorageItem | null
}

export interface KeyIndex {
  readonly prefixes: ReadonlyMap<string, KnownPrefix>
  readonly pallets: ReadonlyMap<string, string>
}

/** Storage keys and values of one runtime. */
export function createStorageCodec(metadata: RuntimeMetadata): StorageCodec {
  const byName = new Map(metadata.pallets.map(({ name, storage }) => [name, storage]))
  const index = indexKeys(metadata)
  const find = (pallet: string, item: string): StorageItem => {
    const entry = byName.get(pallet)?.get(item)
    if (entry === undefined) throw unknownStorage(pallet, item)
    return entry
  }
  return {
    item: (pallet, item) => byName.get(pallet)?.get(item) ?? null,
    items: () => metadata.pallets.flatMap(({ storage }) => [...storage.values()]),
    storagePrefix: (pallet, item) => prefixOf(find(pallet, item)),
    storageKey: (pallet, item, ...args) => keyOf(metadata, find(pallet, item), args),
    itemOfKey: (key) => labelOf(index, key),
    describeKey: (key) => describe({ metadata, index, key }),
    decodeValue: (pallet, item, bytes) => decodeExactly(metadata, find(pallet, item), bytes),
    encodeValue: (pallet, item, value) => {
      const entry = find(pallet, item)
      return asEncodeError(`value of ${pallet}.${item}`, () =>
        encodeShape(metadata.types, entry.value, value),
      )
    },
    fallback: (pallet, item) => {
      const entry = find(pallet, item)
      return entry.modifier === 'optional' ? null : entry.fallback
    },
  }
}

function unknownStorage(pallet: string, item: string): DrydockError {
  return new DrydockError(`the runtime has no storage item ${pallet}.${item}`, {
    code: 'CODEC_UNKNOWN_STORAGE',
    kind: 'usage',
    hints: ['Names are those of the runtime, such as System.Account.'],
    details: { pallet, item },
  })
}

/** Every prefix that the runtime's pallets own, and the names of the pallets by theirs. */
export function indexKeys({ pallets }: RuntimeMetadata): KeyIndex {
  const prefixes = new Map<string, KnownPrefix>()
  const names = new Map<string, string>()
  for (const { name, storage } of pallets) {
    for (const item of [STORAGE_VERSION_ITEM, PALLET_VERSION_ITEM]) {
      prefixes.set(nameHash(name) + nameHash(item), {
        pallet: name,
        item,
        label: `${name}.${item}`,
        entry: null,
      })
    }
    names.set(nameHash(name), name)
    for (const entry of storage.values()) {
      names.set(nameHash(entry.palletPrefix), name)
      prefixes.set(prefixOf(entry), { label: `${name}.${entry.item}`, pallet: name, item: entry.item, entry })
    }
  }
  return { prefixes, pallets: names }
}

function nameHash(name: string): string {
  return bytesToBinary(twox128(utf8ToBytes(name)))
}

function prefixOf({ palletPrefix, item }: StorageItem): string {
  return nameHash(palletPrefix) + nameHash(item)
}

function keyOf({ types }: RuntimeMetadata, entry: StorageItem, args: readonly ChainInput[]): string {
  const { pallet, item, keys, hashers } = entry
  if (args.length > keys.length) {
    throw new DrydockError(`${pallet}.${item} has ${keys.length} key parts, got ${args.length}`, {
      code: 'CODEC_ENCODE',
      kind: 'usage',
    })
  }
  const parts = args.map((arg, position) => {
    const type = keys[position] ?? 0
    const part = asEncodeError(`key part ${position} of ${pallet}.${item}`, () =>
      encodeShape(types, type, arg),
    )
    const hasher = HASHERS[hashers[position] ?? 'Identity']
    return hasher.isOpen ? concatBytes(hasher.hash(part), part) : hasher.hash(part)
  })
  return prefixOf(entry) + bytesToBinary(concatBytes(...parts))
}

function labelOf(index: KeyIndex, key: string): string {
  const known = index.prefixes.get(key.slice(0, PREFIX_BYTES))
  if (known !== undefined) return known.label
  const wellKnown = wellKnownName(key)
  if (wellKnown !== null) return wellKnown
  const half = key.slice(0, HALF)
  const pallet = index.pallets.get(half) ?? binaryToHex(half)
  return key.length > HALF ? `${pallet}.${binaryToHex(key.slice(HALF, PREFIX_BYTES))}` : pallet
}

/**
 * The name of a key that no pallet owns: `:code` and whatever else is text after a colon. Keys of child tries start with a
 * character past the bytes; their roots stand under `:child_storage:`.
 */
function wellKnownName(key: string): string | null {
  if (key.charCodeAt(0) > 0xff || key.startsWith(CHILD_STORAGE)) return CHILD_STORAGE
  return /^:[\x20-\x7e]+$/.test(key) ? key : null
}

interface KeySource {
  readonly metadata: RuntimeMetadata
  readonly index: KeyIndex
  readonly key: string
}

function describe({ metadata, index, key }: KeySource): KeyDescription | null {
  const known = index.prefixes.get(key.slice(0, PREFIX_BYTES))
  if (known === undefined) {
    const name = wellKnownName(key)
    return name === null ? null : { kind: 'wellKnown', name }
  }
  const { pallet, item, entry } = known
  const reader = new ShapeReader(binaryToBytes(key.slice(PREFIX_BYTES)))
  try {
    const args = (entry?.hashers ?? []).map((hasher, position) => {
      return decodePart(metadata, { hasher, type: entry?.keys[position] ?? 0, reader })
    })
    if (reader.remaining > 0) throw new ShapeError(`${reader.remaining} bytes after the key`)
    return { kind: 'item', pallet, item, args }
  } catch (error) {
    if (!(error instanceof ShapeError)) throw error
    return { kind: 'malformed', pallet, item, error: error.describe() }
  }
}

interface PartSource {
  readonly hasher: StorageHasher
  readonly type: number
  readonly reader: ShapeReader
}

function decodePart({ types }: RuntimeMetadata, { hasher, type, reader }: PartSource): ChainValue {
  const { bytes, isOpen } = HASHERS[hasher]
  const hash = reader.take(bytes)
  return isOpen ? decodeShape(types, type, reader) : { hash: bytesToHex(hash) }
}

function decodeExactly({ types }: RuntimeMetadata, { value }: StorageItem, bytes: Uint8Array): ValueDecoding {
  const reader = new ShapeReader(bytes)
  try {
    return { kind: 'value', value: decodeShape(types, value, reader), remaining: reader.remaining }
  } catch (error) {
    if (!(error instanceof ShapeError)) throw error
    return { kind: 'error', error: error.describe() }
  }
}
