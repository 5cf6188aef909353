import { binaryToBytes, bytesToHex } from '../base/bytes.ts'
import type { StorageItem } from './metadata/palletMetadata.ts'
import type { RuntimeMetadata } from './metadata/runtimeMetadata.ts'
import { ShapeReader } from './shape/decodeShape.ts'
import { readShape, type TypedValue } from './shape/readShape.ts'
import type { TypeTable } from './shape/shape.ts'
import { NO_VALUE } from './shape/skipLeaf.ts'
import { createShapeSkipper, type ShapeSkipper } from './shape/skipShape.ts'
import { HASHERS, indexKeys, type KnownPrefix, PREFIX_BYTES } from './storageCodec.ts'

/** A storage item, for looking at its keys and values without building them. */
export interface InspectedItem {
  readonly pallet: string
  readonly item: string
  /** Null for a pallet's storage version, whose keys and values nothing is said of. */
  readonly entry: StorageItem | null
  /** Bytes of every value; null when they differ. */
  readonly valueBytes: number | null
  /** Whether a key with the item's prefix is one of it; hashes are not compared with what they are of. */
  isKey(key: string): boolean
  /** How many of the bytes are left after a value; `NO_VALUE` when they are none. */
  bytesLeft(value: Uint8Array): number
  /** The parts of a key that `isKey`; null for a part of which only a hash is kept. */
  readKey(key: string): readonly TypedValue[]
  /** A value of which some bytes or none are left. */
  readValue(value: Uint8Array): TypedValue
}

/** Keys and values of a state, as one runtime's metadata has them; several times faster than decoding. */
export interface StorageInspector {
  /** The item whose prefix the key starts with; null for none. PERF: keys in order are looked up once for each item. */
  find(key: string): InspectedItem | null
}

/** A codec's way to look at a whole state. */
export function createStorageInspector(metadata: RuntimeMetadata): StorageInspector {
  const { prefixes } = indexKeys(metadata)
  const skipper = createShapeSkipper(metadata.types)
  const items = new Map<string, InspectedItem>()
  let lastPrefix: string | null = null
  let last: InspectedItem | null = null
  return {
    find(key) {
      if (lastPrefix !== null && key.startsWith(lastPrefix)) return last
      const prefix = key.slice(0, PREFIX_BYTES)
      const known = prefixes.get(prefix)
      if (known === undefined) return null
      last = items.get(prefix) ?? inspectedItem(metadata.types, skipper, known)
      items.set(prefix, last)
      lastPrefix = prefix
      return last
    },
  }
}

function inspectedItem(
  types: TypeTable,
  skipper: ShapeSkipper,
  { pallet, item, entry }: KnownPrefix,
): InspectedItem {
  if (entry === null) {
    const unread = { readKey: () => [], readValue: bytesToHex }
    return { pallet, item, entry, valueBytes: null, isKey: () => true, bytesLeft: () => 0, ...unread }
  }
  return {
    pallet,
    item,
    entry,
    valueBytes: skipper.fixedWidth(entry.value),
    isKey: keyTest(skipper, entry),
    bytesLeft: (value) => {
      const end = skipper.skip(entry.value, value, 0)
      return end === NO_VALUE ? NO_VALUE : value.length - end
    },
    readKey: (key) => readKey(types, entry, key),
    readValue: (value) => readShape(types, entry.value, new ShapeReader(value)),
  }
}

function readKey(types: TypeTable, { hashers, keys }: StorageItem, key: string): readonly TypedValue[] {
  const reader = new ShapeReader(binaryToBytes(key), PREFIX_BYTES)
  return hashers.map((hasher, position) => {
    reader.take(HASHERS[hasher].bytes)
    return HASHERS[hasher].isOpen ? readShape(types, keys[position] ?? 0, reader) : null
  })
}

function keyTest(skipper: ShapeSkipper, { hashers, keys }: StorageItem): (key: string) => boolean {
  const parts = hashers.map((hasher, position) => ({ ...HASHERS[hasher], type: keys[position] ?? 0 }))
  if (parts.every(({ isOpen }) => !isOpen)) {
    const length = parts.reduce((sum, { bytes }) => sum + bytes, PREFIX_BYTES)
    return (key) => key.length === length
  }
  return (key) => {
    const bytes = binaryToBytes(key)
    let end = PREFIX_BYTES
    for (const part of parts) {
      end += part.bytes
      if (end > bytes.length) return false
      if (part.isOpen) end = skipper.skip(part.type, bytes, end)
      if (end === NO_VALUE) return false
    }
    return end === bytes.length
  }
}
