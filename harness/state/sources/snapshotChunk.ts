/**
 * The entries of a chunk before compression, in key order: how many bytes the key shares with the one before (0 for the
 * first), how many follow, those, the value's length, the value. Lengths are LEB128, keys as in `keyBytes`.
 */
import { decodeKey, encodeStoredKey, KeyBuffer } from '../keyBytes.ts'
import type { StorageKey } from '../stateView.ts'
import type { StoreEntry } from '../store/store.ts'

/** A chunk is closed once it has this many bytes. */
const CHUNK_BYTES = 4 * 1024 * 1024
const LENGTH_BYTES = 5

/** Most bytes that an entry takes above those of its key and value. */
export const ENTRY_OVERHEAD_BYTES = 3 * LENGTH_BYTES

/** Lays entries out as chunks, in the order given; the chunk it yields is used again for the next. */
export function* encodeChunks(entries: Iterable<StoreEntry>): Generator<Uint8Array> {
  let room = new Uint8Array(2 * CHUNK_BYTES)
  let length = 0
  const current = new KeyBuffer()
  let previous: Uint8Array = new Uint8Array()
  for (const [key, value] of entries) {
    encodeStoredKey(key, current)
    const most = length + current.length + value.length + ENTRY_OVERHEAD_BYTES
    if (most > room.length) room = grown(room, length, most)
    const shared = length === 0 ? 0 : sharedLength(previous, current)
    length = writeLength(room, length, shared)
    length = writeLength(room, length, current.length - shared)
    room.set(current.bytes.subarray(shared, current.length), length)
    length = writeLength(room, length + current.length - shared, value.length)
    room.set(value, length)
    length += value.length
    previous = current.copy()
    if (length < CHUNK_BYTES) continue
    yield room.subarray(0, length)
    length = 0
  }
  if (length > 0) yield room.subarray(0, length)
}

/** Bytes that the entry counts in `stateBytes`. */
export function entrySize(key: StorageKey, value: Uint8Array, room: KeyBuffer): number {
  encodeStoredKey(key, room)
  return room.length + value.length
}

/** Reads chunks in turn and holds them to strict key order, within a chunk and from one to the next. */
export class ChunkDecoder {
  #previous: Buffer = Buffer.alloc(0)
  keyCount = 0
  stateBytes = 0

  /** Calls `onEntry` with each entry; its value is a view into `chunk`. False when the chunk is not as one is written. */
  decode(chunk: Uint8Array, onEntry: (key: StorageKey, value: Uint8Array) => void): boolean {
    const cursor = { bytes: chunk, at: 0 }
    for (let isFirst = true; cursor.at < chunk.length; isFirst = false) {
      const shared = readLength(cursor)
      const rest = readLength(cursor)
      if (shared > (isFirst ? 0 : this.#previous.length) || cursor.at + rest > chunk.length) return false
      const key = Buffer.allocUnsafe(shared + rest)
      this.#previous.copy(key, 0, 0, shared)
      key.set(chunk.subarray(cursor.at, cursor.at + rest), shared)
      cursor.at += rest
      const valueLength = readLength(cursor)
      if (cursor.at + valueLength > chunk.length || !this.#mayFollow(key)) return false
      onEntry(decodeKey(key, 0, key.length), chunk.subarray(cursor.at, cursor.at + valueLength))
      cursor.at += valueLength
      this.#previous = key
      this.keyCount++
      this.stateBytes += key.length + valueLength
    }
    return true
  }

  #mayFollow(key: Buffer): boolean {
    const tag = key[0]
    return tag !== undefined && tag <= 1 && Buffer.compare(this.#previous, key) < 0
  }
}

function sharedLength(previous: Uint8Array, current: KeyBuffer): number {
  const most = Math.min(previous.length, current.length)
  let shared = 0
  while (shared < most && previous[shared] === current.bytes[shared]) shared++
  return shared
}

function grown(room: Uint8Array<ArrayBuffer>, length: number, needed: number): Uint8Array<ArrayBuffer> {
  const larger = new Uint8Array(needed)
  larger.set(room.subarray(0, length))
  return larger
}

function writeLength(room: Uint8Array, at: number, value: number): number {
  let rest = value
  for (; rest > 0x7f; rest >>>= 7) room[at++] = (rest & 0x7f) | 0x80
  room[at++] = rest
  return at
}

/** The next length; `Infinity` when there is none, which no check of a length passes. */
function readLength(cursor: { readonly bytes: Uint8Array; at: number }): number {
  let value = 0
  for (let i = 0; i < LENGTH_BYTES; i++) {
    const byte = cursor.bytes[cursor.at++]
    if (byte === undefined) return Number.POSITIVE_INFINITY
    value += (byte & 0x7f) * 2 ** (7 * i)
    if (byte < 0x80) return value
  }
  return Number.POSITIVE_INFINITY
}
