/**
 * Drydock's snapshot file: the whole state of a chain at one block.
 *
 * "DRYDOCKS" | u32 version | u32 manifest length | manifest (JSON) | sha256 of all before
 * then chunks: u32 length of the entries | u32 length as stored | sha256 as stored | entries, brotli (see `snapshotChunk`)
 * then eight zero bytes | sha256 of the file up to here. Integers are little-endian.
 *
 * Brotli at quality 4: Finney's genesis (47,717 keys, 5.0 MB) takes 1.35 MB in about the time deflate takes for 2.2 MB.
 */
import { createHash, randomUUID } from 'node:crypto'
import { type FileHandle, open, rename, rm } from 'node:fs/promises'
import { dirname } from 'node:path'
import { promisify } from 'node:util'
import { brotliCompress, brotliDecompress, constants } from 'node:zlib'
import { DrydockError, errorMessage } from '../../base/errors.ts'
import { KeyBuffer } from '../keyBytes.ts'
import { packedStoreBuilder } from '../store/packedStore.ts'
import type { Store } from '../store/store.ts'
import type { StoreBuilder } from '../store/storeBuilder.ts'
import { fileError, openSized, type ReadOptions } from './byteSource.ts'
import { ChunkDecoder, ENTRY_OVERHEAD_BYTES, encodeChunks, entrySize } from './snapshotChunk.ts'
import {
  decodeManifest,
  encodeManifest,
  type SnapshotFacts,
  type SnapshotManifest,
} from './snapshotManifest.ts'

/** Options of `readSnapshot`. */
export interface SnapshotOptions extends ReadOptions {
  /** Where the state goes; into a packed store by default. It is ended either way. */
  readonly builder?: StoreBuilder
}

/** A snapshot that was read whole, with every checksum right. */
export interface Snapshot {
  readonly manifest: SnapshotManifest
  readonly store: Store
}

const MAGIC = Buffer.from('DRYDOCKS', 'latin1')
const VERSION = 1
const HASH_BYTES = 32
const MAX_MANIFEST_BYTES = 1024 * 1024
const MAX_CHUNK_BYTES = 512 * 1024 * 1024
/** No real state packs better than this; what says it does is a decompression bomb. */
const MAX_RATIO = 1024
const RATIO_FREE_BYTES = 64 * 1024 * 1024

const compress = promisify(brotliCompress)
const decompress = promisify(brotliDecompress)

/**
 * Writes the store's entries with these facts. Equal stores and facts give equal bytes. The file appears at `path`,
 * replacing what was there, when it is whole and on the disk. Throws `SNAPSHOT_UNWRITABLE`, `SNAPSHOT_MANIFEST`.
 */
export async function writeSnapshot(
  path: string,
  store: Store,
  facts: SnapshotFacts,
): Promise<SnapshotManifest> {
  const manifest = describe(store, facts)
  const head = encodeManifest(manifest)
  const temporary = `${path}.writing-${randomUUID()}`
  try {
    const file = await open(temporary, 'wx')
    try {
      await writeContent(file, store, head)
      await file.sync()
    } finally {
      await file.close()
    }
    await rename(temporary, path)
    await syncFolder(dirname(path))
  } catch (cause) {
    await rm(temporary, { force: true })
    throw unwritable(path, cause)
  }
  return manifest
}

/**
 * Reads a snapshot; the store exists only when the whole file proved right. Throws `SNAPSHOT_FORMAT` (no snapshot),
 * `SNAPSHOT_VERSION`, `SNAPSHOT_TRUNCATED`, `SNAPSHOT_CORRUPT`, `SNAPSHOT_BOMB`, `FILE_…` and what the builder throws.
 */
export async function readSnapshot(path: string, options: SnapshotOptions = {}): Promise<Snapshot> {
  const builder = options.builder ?? packedStoreBuilder()
  try {
    const reader = await SnapshotReader.open(path, options)
    try {
      const manifest = await reader.readManifest()
      await reader.readEntries(manifest, builder)
      return { manifest, store: await builder.finish() }
    } finally {
      await reader.close()
    }
  } catch (error) {
    await builder.abandon()
    throw error
  }
}

/** Reads only the manifest, and proves only that. Throws as `readSnapshot` does. */
export async function readSnapshotManifest(path: string): Promise<SnapshotManifest> {
  const reader = await SnapshotReader.open(path, {})
  try {
    return await reader.readManifest()
  } finally {
    await reader.close()
  }
}

class SnapshotReader {
  readonly #path: string
  readonly #file: FileHandle
  readonly #sizeBytes: number
  readonly #options: ReadOptions
  readonly #hash = createHash('sha256')
  #position = 0

  constructor(path: string, file: FileHandle, sizeBytes: number, options: ReadOptions) {
    this.#path = path
    this.#file = file
    this.#sizeBytes = sizeBytes
    this.#options = options
  }

  static async open(path: string, options: ReadOptions): Promise<SnapshotReader> {
    const { file, sizeBytes } = await openSized(path)
    return new SnapshotReader(path, file, sizeBytes, options)
  }

  async readManifest(): Promise<SnapshotManifest> {
    const head = await this.#read(Math.min(16, this.#sizeBytes))
    if (!head.subarray(0, MAGIC.length).equals(MAGIC))
      throw this.#error('SNAPSHOT_FORMAT', 'is not a snapshot of Drydock: it does not start with DRYDOCKS')
    if (head.length < 16) throw this.#truncated()
    const version = head.readUInt32LE(8)
    if (version !== VERSION)
      throw this.#error(
        'SNAPSHOT_VERSION',
        `is a snapshot of format ${version}; this Drydock reads format ${VERSION}`,
      )
    const length = head.readUInt32LE(12)
    if (length > MAX_MANIFEST_BYTES) throw this.#corrupt(`its manifest would have ${length} bytes`)
    const manifest = decodeManifest(await this.#readHashed(length))
    if (typeof manifest === 'string') throw this.#corrupt(manifest)
    if (manifest.stateBytes > this.#sizeBytes * MAX_RATIO + RATIO_FREE_BYTES)
      throw this.#error('SNAPSHOT_BOMB', `says that its ${this.#sizeBytes} bytes hold ${manifest.stateBytes}`)
    return manifest
  }

  async readEntries(manifest: SnapshotManifest, builder: StoreBuilder): Promise<void> {
    const decoder = new ChunkDecoder()
    for (;;) {
      this.#options.signal?.throwIfAborted()
      const lengths = await this.#read(8)
      const length = lengths.readUInt32LE(0)
      const storedLength = lengths.readUInt32LE(4)
      if (length === 0 && storedLength === 0) break
      const left = manifest.stateBytes - decoder.stateBytes
      const most = left + (manifest.keyCount - decoder.keyCount) * ENTRY_OVERHEAD_BYTES
      if (length > Math.min(most, MAX_CHUNK_BYTES))
        throw this.#corrupt(`a chunk would have ${length} bytes of entries`)
      const chunk = await this.#readChunk(length, storedLength)
      if (!decoder.decode(chunk, (key, value) => builder.add(key, value)))
        throw this.#corrupt('a chunk has no entries in order')
      this.#options.onProgress?.({ bytesRead: this.#position, totalBytes: this.#sizeBytes })
    }
    await this.#readEnd()
    if (decoder.keyCount !== manifest.keyCount || decoder.stateBytes !== manifest.stateBytes)
      throw this.#corrupt(`it has ${decoder.keyCount} keys where its manifest says ${manifest.keyCount}`)
  }

  close(): Promise<void> {
    return this.#file.close()
  }

  async #readChunk(length: number, storedLength: number): Promise<Uint8Array> {
    const expected = await this.#read(HASH_BYTES)
    const stored = await this.#read(storedLength)
    if (!createHash('sha256').update(stored).digest().equals(expected))
      throw this.#corrupt('the checksum of a chunk is wrong')
    const chunk = await this.#decompress(stored, length)
    if (chunk.length !== length)
      throw this.#corrupt(`a chunk has ${chunk.length} bytes of entries, not ${length}`)
    return chunk
  }

  async #decompress(stored: Uint8Array, length: number): Promise<Uint8Array> {
    try {
      return await decompress(stored, { maxOutputLength: length })
    } catch (cause) {
      if (cause instanceof RangeError)
        throw this.#error('SNAPSHOT_BOMB', `has a chunk that grows past its ${length} bytes`)
      throw this.#corrupt(`a chunk cannot be decompressed: ${errorMessage(cause)}`)
    }
  }

  async #readEnd(): Promise<void> {
    await this.#readHashed(0)
    const rest = this.#sizeBytes - this.#position
    if (rest > 0) throw this.#corrupt(`${rest} bytes follow its end`)
  }

  /** `length` bytes, then the hash of everything up to there. */
  async #readHashed(length: number): Promise<Buffer> {
    const content = await this.#read(length)
    const found = this.#hash.copy().digest()
    if (!found.equals(await this.#read(HASH_BYTES)))
      throw this.#corrupt(`the checksum at byte ${this.#position - HASH_BYTES} is wrong`)
    return content
  }

  async #read(length: number): Promise<Buffer> {
    if (this.#position + length > this.#sizeBytes) throw this.#truncated()
    const bytes = Buffer.allocUnsafe(length)
    for (let filled = 0; filled < length; ) {
      const got = await this.#readSome(bytes, filled)
      if (got === 0) throw this.#truncated()
      filled += got
      this.#position += got
    }
    this.#hash.update(bytes)
    return bytes
  }

  async #readSome(into: Buffer, offset: number): Promise<number> {
    try {
      return (await this.#file.read(into, offset, into.length - offset, this.#position)).bytesRead
    } catch (cause) {
      throw fileError(this.#path, cause)
    }
  }

  #truncated(): DrydockError {
    return this.#error('SNAPSHOT_TRUNCATED', `ends too early, after ${this.#sizeBytes} bytes`)
  }

  #corrupt(why: string): DrydockError {
    return this.#error('SNAPSHOT_CORRUPT', `is a damaged snapshot: ${why}`)
  }

  #error(code: string, what: string): DrydockError {
    return new DrydockError(`${this.#path} ${what}.`, {
      code,
      kind: 'environment',
      hints: ['Get or make the snapshot again.'],
      details: { path: this.#path, sizeBytes: this.#sizeBytes },
    })
  }
}

function describe(store: Store, facts: SnapshotFacts): SnapshotManifest {
  const room = new KeyBuffer()
  let keyCount = 0
  let stateBytes = 0
  for (const [key, value] of store.range('', null)) {
    keyCount++
    stateBytes += entrySize(key, value, room)
  }
  return { ...facts, keyCount, stateBytes }
}

async function writeContent(file: FileHandle, store: Store, manifest: Uint8Array): Promise<void> {
  const hash = createHash('sha256')
  const write = async (bytes: Uint8Array): Promise<void> => {
    hash.update(bytes)
    await file.writeFile(bytes)
  }
  await write(MAGIC)
  await write(u32Pair(VERSION, manifest.length))
  await write(manifest)
  await write(hash.copy().digest())
  for (const chunk of encodeChunks(store.range('', null))) {
    if (chunk.length > MAX_CHUNK_BYTES)
      throw new RangeError(`an entry of ${chunk.length} bytes passes ${MAX_CHUNK_BYTES}`)
    const stored = await compress(chunk, { params: { [constants.BROTLI_PARAM_QUALITY]: 4 } })
    await write(u32Pair(chunk.length, stored.length))
    await write(createHash('sha256').update(stored).digest())
    await write(stored)
  }
  await write(u32Pair(0, 0))
  await write(hash.copy().digest())
}

function u32Pair(first: number, second: number): Uint8Array {
  const bytes = Buffer.alloc(8)
  bytes.writeUInt32LE(first, 0)
  bytes.writeUInt32LE(second, 4)
  return bytes
}

/** Makes the new name last. Not every system lets a folder be synced; the file itself is on the disk by then. */
async function syncFolder(path: string): Promise<void> {
  try {
    const folder = await open(path, 'r')
    try {
      await folder.sync()
    } finally {
      await folder.close()
    }
  } catch {
    return
  }
}

function unwritable(path: string, cause: unknown): DrydockError {
  if (cause instanceof DrydockError) return cause
  return new DrydockError(`The snapshot ${path} cannot be written: ${errorMessage(cause)}`, {
    code: 'SNAPSHOT_UNWRITABLE',
    kind: 'environment',
    hints: ['Check that the folder exists, that it may be written, and that the disk has room.'],
    details: { path },
    cause,
  })
}
