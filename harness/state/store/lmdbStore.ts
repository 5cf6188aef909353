import { DrydockError } from '../../base/errors.ts'
import { decodeKey, encodeSeek, KeyBuffer } from '../keyBytes.ts'
import { ReadCache } from '../readCache.ts'
import type { StorageKey } from '../stateView.ts'
import {
  KEYS_END,
  type LmdbContent,
  type LmdbDatabase,
  LONG_KEYS_ENTRY,
  lmdbError,
  MAX_LMDB_KEY_BYTES,
  openDatabase,
  readManifest,
} from './lmdbFile.ts'
import { buildLmdbFile } from './lmdbFileBuilder.ts'
import { openPackedStore } from './packedStore.ts'
import type { SharedStore, Store, StoreEntry } from './store.ts'
import type { StoreBuilder } from './storeBuilder.ts'

/** Where an LMDB store is; with an `id`, only the store of that id will do. */
interface LmdbPlace {
  readonly path: string
  readonly id?: string
}

const CACHED_READS = 8192
const FIRST_BATCH = 4
const MAX_BATCH = 256

/**
 * A store in a new folder at `path`, from entries in any order; of entries with equal keys the last one counts. The folder
 * appears when it is whole. Throws `STORE_PATH_EXISTS`, `STORE_UNWRITABLE`, `STORE_KEY_INVALID`.
 */
export async function createLmdbStore(path: string, entries: Iterable<StoreEntry>): Promise<Store> {
  const builder = lmdbStoreBuilder(path)
  try {
    for (const [key, value] of entries) builder.add(key, value)
    return await builder.finish()
  } catch (error) {
    await builder.abandon()
    throw error
  }
}

/** Builds a store as `createLmdbStore` does, entry by entry. */
export function lmdbStoreBuilder(path: string): StoreBuilder {
  const file = buildLmdbFile(path)
  return {
    add: (key, value) => file.add(key, value),
    async finish() {
      await file.finish()
      return openLmdbStore({ path })
    },
    abandon: () => file.abandon(),
  }
}

/** Opens a finished store for reading. Throws `STORE_NOT_FOUND`, `STORE_UNREADABLE`, `STORE_CORRUPT`, `STORE_MISMATCH`. */
export function openLmdbStore(place: LmdbPlace): Store {
  const { path, id } = place
  const content = readManifest(path)
  if (id !== undefined && id !== content.id) {
    throw new DrydockError(`The store at ${path} is ${content.id}, not ${id}.`, {
      code: 'STORE_MISMATCH',
      kind: 'environment',
      hints: ['The store was replaced since it was opened first: start again.'],
      details: { path, found: content.id, expected: id },
    })
  }
  return new LmdbStore(path, content, openToRead(path))
}

class LmdbStore implements Store {
  readonly id: string
  readonly keyCount: number
  readonly #path: string
  readonly #cache = new ReadCache(CACHED_READS)
  readonly #sought = new KeyBuffer()
  readonly #longKeys: Store | null
  #database: LmdbDatabase | null
  #ahead: readonly StorageKey[] = []
  #aheadAt = 0
  #lastKey: StorageKey | null = null

  constructor(path: string, content: LmdbContent, database: LmdbDatabase) {
    this.#path = path
    this.id = content.id
    this.keyCount = content.keyCount
    this.#database = database
    this.#longKeys = readLongKeys(database)
  }

  get(key: StorageKey): Uint8Array | null {
    const known = this.#cache.get(key)
    if (known !== undefined) return known
    const value = this.#read(this.#opened(), key)
    this.#cache.set(key, value)
    return value
  }

  nextKey(key: StorageKey): StorageKey | null {
    const database = this.#opened()
    const next = this.#nextShortKey(database, key)
    const nextLong = this.#longKeys?.nextKey(key) ?? null
    return next === null || (nextLong !== null && nextLong < next) ? nextLong : next
  }

  *range(start: StorageKey, end: StorageKey | null): Iterable<StoreEntry> {
    const long = this.#longKeys?.range(start, end)[Symbol.iterator]()
    let nextLong = long?.next().value
    for (const entry of this.#shortRange(start, end)) {
      for (; nextLong !== undefined && nextLong[0] < entry[0]; nextLong = long?.next().value) yield nextLong
      yield entry
    }
    for (; nextLong !== undefined; nextLong = long?.next().value) yield nextLong
  }

  share(): SharedStore {
    return { kind: 'lmdb', id: this.id, path: this.#path, keyCount: this.keyCount }
  }

  close(): void {
    void this.#database?.close()
    this.#database = null
    this.#cache.clear()
    this.#ahead = []
    this.#lastKey = null
  }

  /** In batches: a cursor of LMDB that outlives its database ends the process. */
  *#shortRange(start: StorageKey, end: StorageKey | null): Iterable<StoreEntry> {
    const endBytes = end === null ? KEYS_END : this.#seek(end)
    let from = this.#seek(start)
    let limit = FIRST_BATCH
    for (let exclusiveStart = false; ; exclusiveStart = true) {
      const rows = [...this.#opened().getRange({ start: from, end: endBytes, exclusiveStart, limit })]
      for (const { key, value } of rows) {
        this.#opened()
        yield [decodeStored(key), plainBytes(value)]
        from = key
      }
      if (rows.length < limit) return
      limit = Math.min(limit * 4, MAX_BATCH)
    }
  }

  #read(database: LmdbDatabase, key: StorageKey): Uint8Array | null {
    const sought = this.#sought
    if (!sought.encode(key)) return null
    if (sought.length > MAX_LMDB_KEY_BYTES) return this.#longKeys?.get(key) ?? null
    const value = database.getBinary(sought.bytes.subarray(0, sought.length))
    return value === undefined ? null : plainBytes(value)
  }

  /** PERF: keys are read ahead, more the longer the walk; a cursor per key costs about ten times as much. */
  #nextShortKey(database: LmdbDatabase, key: StorageKey): StorageKey | null {
    if (key !== this.#lastKey || this.#aheadAt >= this.#ahead.length) {
      const isWalk = key === this.#lastKey && this.#ahead.length > 0
      this.#ahead = this.#keysAfter(database, key, isWalk ? this.#ahead.length * 4 : FIRST_BATCH)
      this.#aheadAt = 0
    }
    this.#lastKey = this.#ahead[this.#aheadAt++] ?? null
    return this.#lastKey
  }

  #keysAfter(database: LmdbDatabase, key: StorageKey, count: number): StorageKey[] {
    const start = this.#seek(key)
    const limit = Math.min(count, MAX_BATCH) + 1
    const keys: StorageKey[] = []
    for (const found of database.getKeys({ start, end: KEYS_END, limit })) {
      const next = decodeStored(found)
      if (next > key) keys.push(next)
    }
    return keys
  }

  /** Where to start among the keys of the file: of a key that is too long for it, the first bytes do. */
  #seek(key: StorageKey): Uint8Array {
    encodeSeek(key, this.#sought)
    if (this.#sought.length > MAX_LMDB_KEY_BYTES) {
      this.#sought.load(this.#sought.copy(), 0, MAX_LMDB_KEY_BYTES)
      this.#sought.toSuccessor()
    }
    return this.#sought.copy()
  }

  #opened(): LmdbDatabase {
    if (this.#database !== null) return this.#database
    throw new DrydockError(`The store ${this.#path} is closed.`, { code: 'STORE_CLOSED', kind: 'bug' })
  }
}

function openToRead(path: string): LmdbDatabase {
  try {
    return openDatabase(path, 'read')
  } catch (cause) {
    throw lmdbError('STORE_UNREADABLE', path, cause)
  }
}

function readLongKeys(database: LmdbDatabase): Store | null {
  const image = database.getBinary(LONG_KEYS_ENTRY)
  if (image === undefined) return null
  const buffer = new SharedArrayBuffer(image.length)
  new Uint8Array(buffer).set(image)
  return openPackedStore({ kind: 'packed', id: 'long keys', buffer })
}

function decodeStored(key: Uint8Array): StorageKey {
  return decodeKey(Buffer.from(key.buffer, key.byteOffset, key.length), 0, key.length)
}

/** The same bytes without what `Buffer` adds and changes (`slice` of a Buffer is not a copy). */
function plainBytes(buffer: Uint8Array): Uint8Array {
  return new Uint8Array(buffer.buffer, buffer.byteOffset, buffer.length)
}
