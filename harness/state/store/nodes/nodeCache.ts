import { mkdirSync } from 'node:fs'
import { open, type RootDatabase } from 'lmdb'
import { bytesToBinary } from '../../../base/bytes.ts'
import { createWasmHasher, type WasmHasher } from '../../../base/wasmHasher.ts'
import type { StorageKey } from '../../stateView.ts'
import { lmdbError } from '../lmdbFile.ts'
import { DecodedNodes } from './decodedNodes.ts'

const HASH_BYTES = 32
const DECODED_NODES = 32_768

/**
 * Bytes by their BLAKE2b-256, in LMDB, shared by threads and processes: trie nodes, hashed values, headers. What is valid
 * for one block or chain is valid for all, so nothing is ever out of date. Bytes are hashed before they are kept and again
 * when they are read: a damaged entry counts as missing.
 *
 * Beside them stand notes, facts under a name of ours (never 32 bytes long), which are for the caller to check.
 */
export class NodeCache {
  readonly path: string
  /** Nodes that stores of this cache have read. */
  readonly decoded = new DecodedNodes(DECODED_NODES)
  readonly #database: RootDatabase<Uint8Array, Uint8Array>
  readonly #hasher: WasmHasher = createWasmHasher()
  #isClosed = false

  private constructor(path: string, database: RootDatabase<Uint8Array, Uint8Array>) {
    this.path = path
    this.#database = database
  }

  /** Opens the cache in the folder `path`, which is made when it is missing. Throws `STORE_UNREADABLE`. */
  static open(path: string): NodeCache {
    try {
      mkdirSync(path, { recursive: true })
      const database = open<Uint8Array, Uint8Array>({
        path,
        noSubdir: false,
        maxDbs: 1,
        keyEncoding: 'binary',
        encoding: 'binary',
      })
      return new NodeCache(path, database)
    } catch (cause) {
      throw lmdbError('STORE_UNREADABLE', path, cause)
    }
  }

  /** The bytes that hash to `hash`; null when they are missing or damaged. */
  get(hash: StorageKey): Uint8Array | null {
    const bytes = this.#read(Buffer.from(hash, 'latin1'))
    return bytes !== null && this.hashOf(bytes) === hash ? bytes : null
  }

  has(hash: StorageKey): boolean {
    return this.get(hash) !== null
  }

  /** Keeps `bytes` under their hash, which is returned; readers see them after `flush`. */
  put(bytes: Uint8Array): StorageKey {
    const hash = this.hashOf(bytes)
    void this.#database.put(Buffer.from(hash, 'latin1'), bytes)
    return hash
  }

  note(name: string): Uint8Array | null {
    return this.#read(noteKey(name))
  }

  putNote(name: string, value: Uint8Array): void {
    void this.#database.put(noteKey(name), value)
  }

  /** Resolves when everything put so far can be read by every thread. */
  async flush(): Promise<void> {
    await this.#database.committed
  }

  /** Makes what other threads have written since the last event visible; LMDB reads of one moment otherwise. */
  refresh(): void {
    this.#database.resetReadTxn()
  }

  hashOf(bytes: Uint8Array): StorageKey {
    return bytesToBinary(this.#hasher.blake2_256(bytes))
  }

  async close(): Promise<void> {
    if (this.#isClosed) return
    this.#isClosed = true
    await this.#database.close()
  }

  #read(key: Uint8Array): Uint8Array | null {
    const value = this.#database.getBinary(key)
    return value === undefined ? null : new Uint8Array(value.buffer, value.byteOffset, value.length)
  }
}

/** Longer than any hash, so that no note is taken for a node. */
function noteKey(name: string): Uint8Array {
  return Buffer.from(`note:${name}`.padEnd(HASH_BYTES + 1, ' '), 'utf8')
}
