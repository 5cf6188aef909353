import type { ChainCodec, StorageHasher, StorageItem } from '../../harness/codec/index.ts'
import { decodeCompact, decodeUint } from '../../harness/codec/scale.ts'
import type { Changes, StateView, StorageKey } from '../../harness/state/stateView.ts'

/** Bytes that a hasher puts before the key itself; null when the key does not follow. */
const HASH_BYTES: Readonly<Partial<Record<StorageHasher, number>>> = {
  Identity: 0,
  Twox64Concat: 8,
  Blake2_128Concat: 16,
}
const PREFIX_BYTES = 32
const ROWS_PER_ITEM = 12
const FAMILIES_PER_CASE = 4

/** A map from one small integer, such as a netuid. */
interface SizeMap {
  readonly prefix: StorageKey
}

/** A map from two small integers, or from one to a list: what sizes are compared with. */
interface ShapedMap {
  readonly id: number
  readonly kind: 'rows' | 'list'
  readonly prefix: StorageKey
  /** Where the second integer begins, from the start of the key. */
  readonly secondAt: number
  readonly secondBytes: number
}

/** Maps whose first key has one type and hasher: what is known of one subnet, pool or asset. */
interface Family {
  readonly firstAt: number
  readonly firstBytes: number
  readonly sizes: SizeMap[]
  readonly shaped: ShapedMap[]
}

/**
 * What is new about a state beyond the code that made it: which items have values of which size, and how rows and lists stand to the
 * integers kept under the same key. A row whose number is past a size, or a list longer than one, has another signature than those
 * within; no item is named, all follow from the metadata.
 */
export class StateFeatures {
  readonly #families = new Map<string, Family>()
  readonly #familyOf = new Map<StorageKey, Family>()
  readonly #ignored: ReadonlySet<StorageKey>

  constructor(codec: ChainCodec) {
    const items = [...codec.items()]
    for (const [id, item] of items.entries()) this.#add(codec, item, id)
    this.#ignored = new Set(
      items
        .filter(({ pallet }) => pallet === 'System')
        .map(({ pallet, item }) => codec.storagePrefix(pallet, item)),
    )
  }

  /** Numbers of 32 bits for what the changes made of `state`; the same for the same relations. */
  of(changes: Changes, state: StateView): ReadonlySet<number> {
    const features = new Set<number>()
    const touched = new Map<string, { readonly family: Family; readonly first: string }>()
    for (const [key, value] of changes) {
      const prefix = key.slice(0, PREFIX_BYTES)
      if (this.#ignored.has(prefix)) continue
      features.add(hash(prefix, value === null ? 1 : 2 + sizeClass(value.length)))
      const family = this.#familyOf.get(prefix)
      if (family === undefined || touched.size >= FAMILIES_PER_CASE) continue
      const first = key.slice(family.firstAt, family.firstAt + family.firstBytes)
      touched.set(`${family.firstAt}/${first}`, { family, first })
    }
    for (const { family, first } of touched.values()) this.#signatures(family, { first, state, features })
    return features
  }

  #signatures(
    family: Family,
    { first, state, features }: { first: string; state: StateView; features: Set<number> },
  ): void {
    const sizes = family.sizes.map(({ prefix }) => {
      const value = state.get(prefix + first)
      return value === null ? null : Number(decodeUint(value))
    })
    for (const map of family.shaped) {
      const start = map.prefix + first
      if (map.kind === 'list') {
        const value = state.get(start)
        if (value !== null) features.add(signature(map.id, decodeCompact(value)?.value ?? 0, sizes))
        continue
      }
      let key = state.nextKey(start)
      for (let rows = 0; key?.startsWith(start) && rows < ROWS_PER_ITEM; rows++) {
        features.add(signature(map.id, secondOf(key, map), sizes))
        key = state.nextKey(key)
      }
    }
  }

  #add(codec: ChainCodec, item: StorageItem, id: number): void {
    const [first, second] = item.keys
    const hashed = HASH_BYTES[item.hashers[0] ?? 'Blake2_256']
    const firstBytes = first === undefined ? null : integerBytes(codec, first)
    if (hashed === undefined || firstBytes === null || item.keys.length > 2) return
    const prefix = codec.storagePrefix(item.pallet, item.item)
    const family = this.#family(item, { hashed, firstBytes })
    this.#familyOf.set(prefix, family)
    const secondHashed = HASH_BYTES[item.hashers[1] ?? 'Blake2_256']
    const secondBytes = second === undefined ? null : integerBytes(codec, second)
    if (second === undefined) {
      if (integerBytes(codec, item.value) !== null) family.sizes.push({ prefix })
      else if (codec.metadata.types.shape(item.value).kind === 'vec') {
        family.shaped.push({ id, kind: 'list', prefix, secondAt: 0, secondBytes: 0 })
      }
    } else if (secondBytes !== null && secondHashed !== undefined) {
      const secondAt = family.firstAt + firstBytes + secondHashed
      family.shaped.push({ id, kind: 'rows', prefix, secondAt, secondBytes })
    }
  }

  #family(item: StorageItem, { hashed, firstBytes }: { hashed: number; firstBytes: number }): Family {
    const name = `${item.pallet}/${item.hashers[0]}/${item.keys[0]}`
    const known = this.#families.get(name)
    if (known !== undefined) return known
    const made: Family = { firstAt: PREFIX_BYTES + hashed, firstBytes, sizes: [], shaped: [] }
    this.#families.set(name, made)
    return made
  }
}

function integerBytes(codec: ChainCodec, type: number): number | null {
  const shape = codec.metadata.types.shape(type)
  return shape.kind === 'uint' && shape.bytes <= 8 ? shape.bytes : null
}

function secondOf(key: StorageKey, { secondAt, secondBytes }: ShapedMap): number {
  let value = 0
  for (let i = secondBytes - 1; i >= 0; i--) value = value * 256 + key.charCodeAt(secondAt + i)
  return value
}

/** How a number stands to each size: there is none, it is within, or it is at or past it. */
function signature(id: number, number: number, sizes: readonly (number | null)[]): number {
  let mixed = Math.imul(id + 1, 0x9e3779b9)
  for (const size of sizes) {
    const relation = size === null ? 1 : number < size ? 2 : 3
    mixed = Math.imul(mixed ^ relation, 0x85ebca6b) + 1
    mixed ^= mixed >>> 13
  }
  return mixed >>> 0
}

function sizeClass(length: number): number {
  return 32 - Math.clz32(length)
}

function hash(prefix: StorageKey, salt: number): number {
  let mixed = Math.imul(salt + 7, 0x9e3779b9)
  for (let i = 16; i < 24; i++) mixed = Math.imul(mixed ^ prefix.charCodeAt(i), 0x01000193)
  for (let i = 0; i < 4; i++) mixed = Math.imul(mixed ^ prefix.charCodeAt(i), 0x01000193)
  return mixed >>> 0
}
