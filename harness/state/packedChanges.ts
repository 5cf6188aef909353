import { CHILD_MARK, type Changes, type StorageKey } from './stateView.ts'

const DELETED = 0xffff_ffff

/**
 * Changes in one buffer, to hand to another thread without a clone of every key: a count, then for each entry the length of
 * its key in characters times two plus one for a child key, and the length of its value, all u32; then the bytes.
 * For memory only: never kept in a file.
 */
export function packChanges(changes: Changes): Uint8Array<ArrayBuffer> {
  const header = 4 + changes.size * 8
  let size = header
  for (const [key, value] of changes) size += keyBytes(key) + (value?.length ?? 0)
  const packed = new Uint8Array(size)
  const words = new Uint32Array(packed.buffer, 0, header / 4)
  const text = Buffer.from(packed.buffer)
  words[0] = changes.size
  let word = 1
  let offset = header
  for (const [key, value] of changes) {
    const isChild = key.startsWith(CHILD_MARK)
    words[word++] = key.length * 2 + (isChild ? 1 : 0)
    words[word++] = value === null ? DELETED : value.length
    offset += text.write(key, offset, isChild ? 'utf16le' : 'latin1')
    if (value === null) continue
    packed.set(value, offset)
    offset += value.length
  }
  return packed
}

/** The changes in what `packChanges` made; the values are views into it. */
export function unpackChanges(packed: Uint8Array<ArrayBuffer>): Changes {
  const words = new Uint32Array(packed.buffer, packed.byteOffset, packed.byteLength >>> 2)
  const text = Buffer.from(packed.buffer, packed.byteOffset, packed.byteLength)
  const count = words[0] ?? 0
  const changes = new Map<StorageKey, Uint8Array | null>()
  let offset = 4 + count * 8
  for (let i = 0; i < count; i++) {
    const tagged = words[1 + i * 2] ?? 0
    const valueLength = words[2 + i * 2] ?? 0
    const isChild = (tagged & 1) === 1
    const keyEnd = offset + (tagged >>> 1) * (isChild ? 2 : 1)
    const key = text.toString(isChild ? 'utf16le' : 'latin1', offset, keyEnd)
    offset = valueLength === DELETED ? keyEnd : keyEnd + valueLength
    changes.set(key, valueLength === DELETED ? null : packed.subarray(keyEnd, offset))
  }
  return changes
}

function keyBytes(key: StorageKey): number {
  return key.startsWith(CHILD_MARK) ? key.length * 2 : key.length
}
