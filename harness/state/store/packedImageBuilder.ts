import { createHash } from 'node:crypto'
import { DrydockError } from '../../base/errors.ts'
import { ByteArena } from '../byteArena.ts'
import { encodeStoredKey, KeyBuffer } from '../keyBytes.ts'
import { mergeRuns } from '../mergeRuns.ts'
import type { StorageKey } from '../stateView.ts'
import {
  allocateImage,
  type ImageShape,
  imageSize,
  insertEntry,
  MAX_IMAGE_BYTES,
  type PackedImage,
} from './packedImage.ts'

const FIRST_ROOM = 1024

/** A finished image and the id of its content. */
interface BuiltImage {
  readonly id: string
  readonly image: PackedImage
}

/**
 * Gathers entries in byte arenas, then lays them out sorted. Memory while building: the bytes twice, and 20 bytes an entry.
 */
export class PackedImageBuilder {
  readonly #arena = new ByteArena()
  readonly #key = new KeyBuffer()
  #chunkIndices: Uint32Array = new Uint32Array(FIRST_ROOM)
  #offsets: Uint32Array = new Uint32Array(FIRST_ROOM)
  #keyLengths: Uint32Array = new Uint32Array(FIRST_ROOM)
  #valueLengths: Uint32Array = new Uint32Array(FIRST_ROOM)
  #count = 0
  /** Where ascending runs of keys start: one for sorted input. */
  #runStarts: number[] = [0]
  #shape: ImageShape = { keyCount: 0, keyBytes: 0, valueBytes: 0 }

  /** Copies both. */
  add(key: StorageKey, value: Uint8Array): void {
    const buffer = this.#key
    encodeStoredKey(key, buffer)
    this.#grow(buffer.length, value.length)
    const chunk = this.#arena.reserve(buffer.length + value.length)
    const { chunkIndex, offset } = this.#arena
    for (let i = 0; i < buffer.length; i++) chunk[offset + i] = buffer.bytes[i] ?? 0
    chunk.set(value, offset + buffer.length)
    const index = this.#count++
    this.#chunkIndices[index] = chunkIndex
    this.#offsets[index] = offset
    this.#keyLengths[index] = buffer.length
    this.#valueLengths[index] = value.length
    if (index > 0 && this.#compare(index - 1, index) >= 0) this.#runStarts.push(index)
  }

  /** Sorts, drops what was replaced, and fills the image. The builder is empty afterwards. */
  build(): BuiltImage {
    const order = this.#order()
    const image = allocate(this.#shapeOf(order))
    this.#fill(image, order)
    this.clear()
    const id = `packed:${createHash('sha256').update(image.bytes).digest('hex').slice(0, 32)}`
    return { id, image }
  }

  clear(): void {
    this.#arena.clear()
    this.#count = 0
    this.#runStarts = [0]
    this.#shape = { keyCount: 0, keyBytes: 0, valueBytes: 0 }
  }

  #grow(keyBytes: number, valueBytes: number): void {
    const shape = {
      keyCount: this.#shape.keyCount + 1,
      keyBytes: this.#shape.keyBytes + keyBytes,
      valueBytes: this.#shape.valueBytes + valueBytes,
    }
    if (shape.keyBytes + shape.valueBytes > MAX_IMAGE_BYTES) throw tooLarge(shape)
    this.#shape = shape
    if (this.#count < this.#offsets.length) return
    this.#chunkIndices = doubled(this.#chunkIndices)
    this.#offsets = doubled(this.#offsets)
    this.#keyLengths = doubled(this.#keyLengths)
    this.#valueLengths = doubled(this.#valueLengths)
  }

  /** Indices of the entries in key order, without those that a later one replaced. */
  #order(): Uint32Array {
    const order = mergeRuns(this.#count, this.#runStarts, (a, b) => this.#compare(a, b))
    if (this.#runStarts.length === 1) return order
    let kept = 0
    for (let i = 0; i < order.length; i++) {
      const index = order[i] ?? 0
      const next = order[i + 1]
      if (next === undefined || this.#compare(index, next) !== 0) order[kept++] = index
    }
    return order.subarray(0, kept)
  }

  #shapeOf(order: Uint32Array): ImageShape {
    let keyBytes = 0
    let valueBytes = 0
    for (const index of order) {
      keyBytes += this.#keyLengths[index] ?? 0
      valueBytes += this.#valueLengths[index] ?? 0
    }
    return { keyCount: order.length, keyBytes, valueBytes }
  }

  #fill(image: PackedImage, order: Uint32Array): void {
    const { bytes, entries } = image
    let keyAt = entries.byteOffset + entries.byteLength
    let valueAt = keyAt
    for (const index of order) valueAt += this.#keyLengths[index] ?? 0
    for (let position = 0; position < order.length; position++) {
      const index = order[position] ?? 0
      const chunk = this.#arena.chunk(this.#chunkIndices[index] ?? 0)
      const start = this.#offsets[index] ?? 0
      const middle = start + (this.#keyLengths[index] ?? 0)
      const end = middle + (this.#valueLengths[index] ?? 0)
      this.#key.load(chunk, start, middle)
      for (let i = start; i < middle; i++) bytes[keyAt + i - start] = chunk[i] ?? 0
      bytes.set(chunk.subarray(middle, end), valueAt)
      entries[2 * position] = keyAt
      entries[2 * position + 1] = valueAt
      keyAt += middle - start
      valueAt += end - middle
      insertEntry(image, this.#key, position)
    }
    entries[2 * order.length] = keyAt
    entries[2 * order.length + 1] = valueAt
  }

  #compare(a: number, b: number): number {
    const chunkA = this.#arena.chunk(this.#chunkIndices[a] ?? 0)
    const chunkB = this.#arena.chunk(this.#chunkIndices[b] ?? 0)
    const startA = this.#offsets[a] ?? 0
    const startB = this.#offsets[b] ?? 0
    const lengthA = this.#keyLengths[a] ?? 0
    const lengthB = this.#keyLengths[b] ?? 0
    const shared = Math.min(lengthA, lengthB)
    for (let i = 0; i < shared; i++) {
      const difference = (chunkA[startA + i] ?? 0) - (chunkB[startB + i] ?? 0)
      if (difference !== 0) return difference
    }
    return lengthA - lengthB
  }
}

function allocate(shape: ImageShape): PackedImage {
  if (imageSize(shape) > MAX_IMAGE_BYTES) throw tooLarge(shape)
  try {
    return allocateImage(shape)
  } catch (cause) {
    throw new DrydockError(
      `The machine has no ${imageSize(shape)} bytes of memory for a state of ${shape.keyCount} keys.`,
      {
        code: 'STORE_MEMORY',
        kind: 'environment',
        hints: ['Free memory, or keep the state on disk with an LMDB store.'],
        details: { sizeBytes: imageSize(shape), keyCount: shape.keyCount },
        cause,
      },
    )
  }
}

function tooLarge(shape: ImageShape): DrydockError {
  return new DrydockError(
    `The state passes what one memory image can hold: ${imageSize(shape)} of at most ${MAX_IMAGE_BYTES} bytes after ${shape.keyCount} keys.`,
    {
      code: 'STORE_TOO_LARGE',
      kind: 'environment',
      hints: ['Keep the state on disk with an LMDB store.'],
      details: { sizeBytes: imageSize(shape), limitBytes: MAX_IMAGE_BYTES, keyCount: shape.keyCount },
    },
  )
}

function doubled(array: Uint32Array): Uint32Array {
  const larger = new Uint32Array(array.length * 2)
  larger.set(array)
  return larger
}
