/**
 * The image of a packed store: one shared buffer that every thread reads in place.
 *
 * header (16 words) | hash table, linear probing | entry table: key and value offset of each entry in key
 * order, and one more pair for the ends | keys (see `keyBytes`) | values. Offsets are u32, so an image stays under 4 GiB.
 * Keys and values lie in entry order, so an entry ends where the next one starts.
 */
import type { KeyBuffer } from '../keyBytes.ts'

/** Offsets are u32; SharedArrayBuffer in Node 20 ends at the same size. */
export const MAX_IMAGE_BYTES = 2 ** 32 - 4

const MAGIC = 0x4b504444
const VERSION = 1
const HEADER_WORDS = 16

/** Sizes that fix where everything in an image stands. */
export interface ImageShape {
  readonly keyCount: number
  readonly keyBytes: number
  readonly valueBytes: number
}

/** An image's parts as views on its buffer. */
export interface PackedImage {
  readonly buffer: SharedArrayBuffer
  readonly bytes: Buffer
  readonly keyCount: number
  readonly slots: Uint32Array
  /** Low bits of a slot that hold the entry index + 1; the others repeat those bits of the hash, to pass over most others. */
  readonly indexBits: number
  /** `[2 * i]` is the key offset of entry i, `[2 * i + 1]` its value offset. */
  readonly entries: Uint32Array
}

/** Bytes of an image of this shape. */
export function imageSize(shape: ImageShape): number {
  const tables = (HEADER_WORDS + slotCountFor(shape.keyCount) + 2 * (shape.keyCount + 1)) * 4
  return tables + shape.keyBytes + shape.valueBytes
}

/** A new image with its header; the caller fills tables, keys and values. Throws `RangeError` when memory is short. */
export function allocateImage(shape: ImageShape): PackedImage {
  const buffer = new SharedArrayBuffer(imageSize(shape))
  new Uint32Array(buffer, 0, HEADER_WORDS).set([MAGIC, VERSION, shape.keyCount, slotCountFor(shape.keyCount)])
  return viewsOf(buffer, shape.keyCount, slotCountFor(shape.keyCount))
}

/** The parts of an existing image; null when the buffer holds none of this version. */
export function openImage(buffer: SharedArrayBuffer): PackedImage | null {
  if (buffer.byteLength < HEADER_WORDS * 4) return null
  const [magic, version, keyCount, slotCount] = new Uint32Array(buffer, 0, 4)
  if (magic !== MAGIC || version !== VERSION || keyCount === undefined || slotCount === undefined) return null
  return viewsOf(buffer, keyCount, slotCount)
}

/** Hash of an encoded key, over whole zero-filled words. */
function hashKey(key: KeyBuffer): number {
  const words = key.words
  const count = (key.length + 3) >> 2
  let hash = Math.imul(key.length, 0x9e3779b1)
  for (let i = 0; i < count; i++) {
    hash = Math.imul(hash ^ (words[i] ?? 0), 0x85ebca6b)
    hash ^= hash >>> 15
  }
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35)
  return (hash ^ (hash >>> 16)) >>> 0
}

/** Index of the entry with exactly this key, or -1. */
export function findEntry(image: PackedImage, key: KeyBuffer): number {
  const { slots, entries, indexBits } = image
  const mask = slots.length - 1
  const hash = hashKey(key)
  const mark = hash >>> indexBits
  for (let slot = hash & mask; ; slot = (slot + 1) & mask) {
    const word = slots[slot] ?? 0
    if (word === 0) return -1
    if (word >>> indexBits !== mark) continue
    const index = (word & ((1 << indexBits) - 1)) - 1
    const start = entries[2 * index] ?? 0
    if ((entries[2 * index + 2] ?? 0) - start === key.length && startsAt(image.bytes, start, key))
      return index
  }
}

/** Puts the entry `index`, which has this key and is not in the table yet, into the hash table. */
export function insertEntry(image: PackedImage, key: KeyBuffer, index: number): void {
  const { slots, indexBits } = image
  const mask = slots.length - 1
  const hash = hashKey(key)
  let slot = hash & mask
  while (slots[slot] !== 0) slot = (slot + 1) & mask
  slots[slot] = ((hash >>> indexBits) << indexBits) | (index + 1)
}

/** Index of the first entry whose key is not below `key`; `keyCount` when there is none. */
export function lowerBound(image: PackedImage, key: KeyBuffer): number {
  let low = 0
  let high = image.keyCount
  while (low < high) {
    const middle = (low + high) >>> 1
    if (compareEntry(image, middle, key) < 0) low = middle + 1
    else high = middle
  }
  return low
}

function compareEntry(image: PackedImage, index: number, key: KeyBuffer): number {
  const start = image.entries[2 * index] ?? 0
  const length = (image.entries[2 * index + 2] ?? 0) - start
  const shared = Math.min(length, key.length)
  for (let i = 0; i < shared; i++) {
    const difference = (image.bytes[start + i] ?? 0) - (key.bytes[i] ?? 0)
    if (difference !== 0) return difference
  }
  return length - key.length
}

function startsAt(bytes: Uint8Array, start: number, key: KeyBuffer): boolean {
  for (let i = key.length - 1; i >= 0; i--) if (bytes[start + i] !== key.bytes[i]) return false
  return true
}

function viewsOf(buffer: SharedArrayBuffer, keyCount: number, slotCount: number): PackedImage {
  const slotsAt = HEADER_WORDS * 4
  return {
    buffer,
    bytes: Buffer.from(buffer),
    keyCount,
    slots: new Uint32Array(buffer, slotsAt, slotCount),
    indexBits: 32 - Math.clz32(keyCount),
    entries: new Uint32Array(buffer, slotsAt + slotCount * 4, 2 * (keyCount + 1)),
  }
}

/** A power of two that leaves at least half of the hash table empty. */
function slotCountFor(keyCount: number): number {
  let slotCount = 2
  while (slotCount < 2 * keyCount) slotCount *= 2
  return slotCount
}
