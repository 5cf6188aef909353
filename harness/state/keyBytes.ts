/**
 * Storage keys as bytes whose byte order is the order of the keys, for stores that keep bytes.
 *
 * A main key is 0x00 and its bytes. A child key is 0x01 (for its leading `CHILD_MARK`) and the rest, in which 0xff becomes
 * 0xff 0x00 and `CHILD_MARK` 0xff 0x01. The first byte keeps all child keys after all main keys, as U+0100 does.
 */

import { DrydockError } from '../base/errors.ts'
import { CHILD_MARK, type StorageKey } from './stateView.ts'

const MAIN_TAG = 0
const CHILD_TAG = 1
const ESCAPE = 0xff
const MARK_CODE = CHILD_MARK.charCodeAt(0)

/** Room for one encoded key that is used again and again, so that a lookup allocates nothing. */
export class KeyBuffer {
  bytes: Uint8Array
  words: Uint32Array
  length = 0

  constructor() {
    const room = new ArrayBuffer(256)
    this.bytes = new Uint8Array(room)
    this.words = new Uint32Array(room)
  }

  /**
   * Encodes `key`, zero-filled to a whole word. False when no store can hold it: a character past U+0100, or U+0100 in a
   * key that does not start with it; the bytes are then those of the part before that character.
   */
  encode(key: StorageKey): boolean {
    if (key.charCodeAt(0) >= MARK_CODE) return this.#encodeChild(key)
    const length = key.length
    this.#reserve(length + 1)
    const bytes = this.bytes
    bytes[0] = MAIN_TAG
    for (let i = 0; i < length; i++) {
      const code = key.charCodeAt(i)
      if (code > 0xff) return this.#end(i + 1, false)
      bytes[i + 1] = code
    }
    return this.#end(length + 1, true)
  }

  /** Takes bytes that are encoded already. */
  load(encoded: Uint8Array, start: number, end: number): void {
    this.#reserve(end - start)
    const bytes = this.bytes
    for (let i = start; i < end; i++) bytes[i - start] = encoded[i] ?? 0
    this.#end(end - start, true)
  }

  /** Turns the bytes into the smallest that sort after all that start with them. */
  toSuccessor(): void {
    let last = this.length - 1
    while (last > 0 && this.bytes[last] === 0xff) last--
    this.bytes[last] = (this.bytes[last] ?? 0) + 1
    this.#end(last + 1, true)
  }

  /** A copy of the encoded key. */
  copy(): Uint8Array {
    return this.bytes.slice(0, this.length)
  }

  #encodeChild(key: StorageKey): boolean {
    this.#reserve(key.length * 2)
    const bytes = this.bytes
    bytes[0] = CHILD_TAG
    if (key.charCodeAt(0) > MARK_CODE) return this.#end(1, false)
    let at = 1
    for (let i = 1; i < key.length; i++) {
      const code = key.charCodeAt(i)
      if (code > MARK_CODE) return this.#end(at, false)
      if (code < ESCAPE) {
        bytes[at++] = code
      } else {
        bytes[at++] = ESCAPE
        bytes[at++] = code - ESCAPE
      }
    }
    return this.#end(at, true)
  }

  #end(length: number, isWhole: boolean): boolean {
    this.length = length
    const padded = (length + 3) & ~3
    for (let i = length; i < padded; i++) this.bytes[i] = 0
    return isWhole
  }

  #reserve(length: number): void {
    if (length + 4 <= this.bytes.length) return
    const room = new ArrayBuffer((length * 2 + 8) & ~3)
    this.bytes = new Uint8Array(room)
    this.words = new Uint32Array(room)
  }
}

/** Encodes a key that is to be stored. Throws `STORE_KEY_INVALID`. */
export function encodeStoredKey(key: StorageKey, into: KeyBuffer): void {
  if (into.encode(key)) return
  throw new DrydockError(
    `A storage key has a character that is not a byte: ${JSON.stringify(key.slice(0, 40))}, ${key.length} characters long.`,
    {
      code: 'STORE_KEY_INVALID',
      kind: 'bug',
      hints: [
        'Only keys of child tries contain U+0100, and they start with it: build them with childPrefix.',
      ],
    },
  )
}

/** Encodes the lower bound of the stored keys that are not below `key`, which need not be a key that can be stored. */
export function encodeSeek(key: StorageKey, into: KeyBuffer): void {
  if (!into.encode(key)) into.toSuccessor()
}

/** The key that was encoded as `encoded[start, end)`. */
export function decodeKey(encoded: Buffer, start: number, end: number): StorageKey {
  if (encoded[start] === MAIN_TAG) return encoded.toString('latin1', start + 1, end)
  let key = CHILD_MARK
  let from = start + 1
  for (let i = from; i < end; i++) {
    if (encoded[i] !== ESCAPE) continue
    key += encoded.toString('latin1', from, i) + (encoded[i + 1] === 0 ? '\u00ff' : CHILD_MARK)
    i++
    from = i + 1
  }
  return key + encoded.toString('latin1', from, end)
}
