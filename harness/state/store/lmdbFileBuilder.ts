import { createHash, randomUUID } from 'node:crypto'
import { existsSync, renameSync, rmSync } from 'node:fs'
import { DrydockError } from '../../base/errors.ts'
import { encodeStoredKey, KeyBuffer } from '../keyBytes.ts'
import type { StorageKey } from '../stateView.ts'
import {
  KEYS_END,
  type LmdbContent,
  type LmdbDatabase,
  LONG_KEYS_ENTRY,
  lmdbError,
  MAX_LMDB_KEY_BYTES,
  openDatabase,
  writeManifest,
} from './lmdbFile.ts'
import { PackedImageBuilder } from './packedImageBuilder.ts'

const BATCH_BYTES = 4 * 1024 * 1024

/** Writes one store's folder beside its path and moves it there when it is whole. */
interface LmdbFileBuilder {
  add(key: StorageKey, value: Uint8Array): void
  finish(): Promise<void>
  abandon(): Promise<void>
}

/** Starts a store. Throws `STORE_PATH_EXISTS`: a store never changes, and other processes may have it open. */
export function buildLmdbFile(path: string): LmdbFileBuilder {
  assertFree(path)
  const temporary = `${path}.building-${randomUUID()}`
  try {
    return new FileBuilder(path, temporary, openDatabase(temporary, 'build'))
  } catch (cause) {
    throw lmdbError('STORE_UNWRITABLE', path, cause)
  }
}

class FileBuilder implements LmdbFileBuilder {
  readonly #path: string
  readonly #temporary: string
  readonly #database: LmdbDatabase
  readonly #key = new KeyBuffer()
  readonly #longKeys = new PackedImageBuilder()
  #longKeyCount = 0
  #batch: (readonly [Uint8Array, Uint8Array])[] = []
  #batchBytes = 0
  #isEnded = false

  constructor(path: string, temporary: string, database: LmdbDatabase) {
    this.#path = path
    this.#temporary = temporary
    this.#database = database
  }

  add(key: StorageKey, value: Uint8Array): void {
    encodeStoredKey(key, this.#key)
    if (this.#key.length > MAX_LMDB_KEY_BYTES) {
      this.#longKeyCount++
      this.#longKeys.add(key, value)
      return
    }
    this.#batch.push([this.#key.copy(), new Uint8Array(value)])
    this.#batchBytes += this.#key.length + value.length + 64
    if (this.#batchBytes >= BATCH_BYTES) this.#flush()
  }

  async finish(): Promise<void> {
    this.#flush()
    try {
      const content = this.#describe()
      this.#isEnded = true
      await this.#database.close()
      writeManifest(this.#temporary, content)
      assertFree(this.#path)
      renameSync(this.#temporary, this.#path)
    } catch (cause) {
      throw cause instanceof DrydockError ? cause : lmdbError('STORE_UNWRITABLE', this.#path, cause)
    } finally {
      removeFolder(this.#temporary)
    }
  }

  async abandon(): Promise<void> {
    if (this.#isEnded) return
    this.#isEnded = true
    await this.#database.close()
    removeFolder(this.#temporary)
  }

  #flush(): void {
    const batch = this.#batch
    this.#batch = []
    this.#batchBytes = 0
    try {
      this.#database.transactionSync(() => {
        for (const [key, value] of batch) this.#database.putSync(key, value)
      })
    } catch (cause) {
      throw lmdbError('STORE_UNWRITABLE', this.#path, cause)
    }
  }

  /** Counts and hashes the entries as they stand, since entries may have come in any order and more than once. */
  #describe(): LmdbContent {
    const hash = createHash('sha256')
    const lengths = new Uint32Array(2)
    let keyCount = 0
    for (const { key, value } of this.#database.getRange({ end: KEYS_END })) {
      lengths.set([key.length, value.length])
      hash.update(lengths).update(key).update(value)
      keyCount++
    }
    if (this.#longKeyCount > 0) {
      const { id, image } = this.#longKeys.build()
      hash.update(id)
      keyCount += image.keyCount
      this.#database.putSync(LONG_KEYS_ENTRY, Buffer.from(image.bytes))
    }
    return { id: `lmdb:${hash.digest('hex').slice(0, 32)}`, keyCount }
  }
}

function assertFree(path: string): void {
  if (!existsSync(path)) return
  throw new DrydockError(`${path} exists already.`, {
    code: 'STORE_PATH_EXISTS',
    kind: 'usage',
    hints: ['Open it as it is, delete it first, or choose another path.'],
    details: { path },
  })
}

function removeFolder(path: string): void {
  rmSync(path, { recursive: true, force: true })
}
