import { DrydockError } from '../../base/errors.ts'
import { decodeKey, encodeSeek, KeyBuffer } from '../keyBytes.ts'
import { ReadCache } from '../readCache.ts'
import type { StorageKey } from '../stateView.ts'
import { findEntry, lowerBound, openImage, type PackedImage } from './packedImage.ts'
import { PackedImageBuilder } from './packedImageBuilder.ts'
import type { SharedStore, Store, StoreEntry } from './store.ts'
import type { StoreBuilder } from './storeBuilder.ts'

/** What another thread needs to open a packed store. */
type SharedPackedStore = Extract<SharedStore, { kind: 'packed' }>

const CACHED_READS = 8192

/**
 * A store in one shared buffer, from entries in any order; of entries with equal keys the last one counts.
 * Throws `STORE_TOO_LARGE` past 4 GiB, `STORE_MEMORY` when the machine has too little, `STORE_KEY_INVALID`.
 */
export function createPackedStore(entries: Iterable<StoreEntry>): Store {
  const builder = new PackedImageBuilder()
  for (const [key, value] of entries) builder.add(key, value)
  const { id, image } = builder.build()
  return new PackedStore(id, image)
}

/** Builds a store as `createPackedStore` does, entry by entry. */
export function packedStoreBuilder(): StoreBuilder {
  const builder = new PackedImageBuilder()
  return {
    add: (key, value) => builder.add(key, value),
    async finish() {
      const { id, image } = builder.build()
      return new PackedStore(id, image)
    },
    async abandon() {
      builder.clear()
    },
  }
}

/** Opens an image made in this or another thread, without a copy. Throws `STORE_MISMATCH` when the buffer holds none. */
export function openPackedStore(shared: SharedPackedStore): Store {
  const image = openImage(shared.buffer)
  if (image === null) {
    throw new DrydockError(`The shared buffer of ${shared.buffer.byteLength} bytes holds no packed store.`, {
      code: 'STORE_MISMATCH',
      kind: 'bug',
      hints: ['Pass what `share()` of a packed store returned, made by the same version of Drydock.'],
    })
  }
  return new PackedStore(shared.id, image)
}

class PackedStore implements Store {
  readonly id: string
  readonly keyCount: number
  #image: PackedImage | null
  readonly #cache = new ReadCache(CACHED_READS)
  readonly #sought = new KeyBuffer()
  #lastKey: StorageKey | null = null
  #lastIndex = -1

  constructor(id: string, image: PackedImage) {
    this.id = id
    this.keyCount = image.keyCount
    this.#image = image
  }

  get(key: StorageKey): Uint8Array | null {
    const known = this.#cache.get(key)
    if (known !== undefined) return known
    const image = this.#opened()
    const index = this.#sought.encode(key) ? findEntry(image, this.#sought) : -1
    const value = index < 0 ? null : valueAt(image, index)
    this.#cache.set(key, value)
    return value
  }

  nextKey(key: StorageKey): StorageKey | null {
    const image = this.#opened()
    const index = key === this.#lastKey ? this.#lastIndex + 1 : this.#indexAfter(image, key)
    if (index >= image.keyCount) return null
    this.#lastIndex = index
    this.#lastKey = keyAt(image, index)
    return this.#lastKey
  }

  *range(start: StorageKey, end: StorageKey | null): Iterable<StoreEntry> {
    const image = this.#opened()
    const first = this.#lowerBound(image, start)
    const last = end === null ? image.keyCount : this.#lowerBound(image, end)
    for (let index = first; index < last; index++) {
      this.#opened()
      yield [keyAt(image, index), valueAt(image, index)]
    }
  }

  share(): SharedPackedStore {
    return { kind: 'packed', id: this.id, buffer: this.#opened().buffer }
  }

  close(): void {
    this.#image = null
    this.#cache.clear()
    this.#lastKey = null
  }

  #indexAfter(image: PackedImage, key: StorageKey): number {
    const sought = this.#sought
    if (!sought.encode(key)) {
      sought.toSuccessor()
      return lowerBound(image, sought)
    }
    const index = findEntry(image, sought)
    return index < 0 ? lowerBound(image, sought) : index + 1
  }

  #lowerBound(image: PackedImage, key: StorageKey): number {
    encodeSeek(key, this.#sought)
    return lowerBound(image, this.#sought)
  }

  #opened(): PackedImage {
    if (this.#image !== null) return this.#image
    throw new DrydockError(`The store ${this.id} is closed.`, { code: 'STORE_CLOSED', kind: 'bug' })
  }
}

function keyAt(image: PackedImage, index: number): StorageKey {
  return decodeKey(image.bytes, image.entries[2 * index] ?? 0, image.entries[2 * index + 2] ?? 0)
}

function valueAt(image: PackedImage, index: number): Uint8Array {
  const start = image.entries[2 * index + 1] ?? 0
  return new Uint8Array(image.buffer, start, (image.entries[2 * index + 3] ?? 0) - start)
}
