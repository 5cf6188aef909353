/** Keys seen as half-bytes, the high one first. A depth counts nibbles from the start of a key. */

import type { StorageKey } from '../stateView.ts'

/** Sorts after every byte, so `prefix + PAST_BYTES` is past every key that starts with `prefix`. */
const PAST_BYTES = '\u0100'

/** The nibble at `depth`; the key must be that long. */
export function nibbleAt(key: StorageKey, depth: number): number {
  const byte = key.charCodeAt(depth >> 1)
  return (depth & 1) === 0 ? byte >> 4 : byte & 15
}

/** How many nibbles two keys have in common at the start. */
export function commonNibbles(a: StorageKey, b: StorageKey): number {
  const length = Math.min(a.length, b.length)
  let i = 0
  while (i < length && a.charCodeAt(i) === b.charCodeAt(i)) i++
  if (i === length) return 2 * i
  return (a.charCodeAt(i) ^ b.charCodeAt(i)) < 16 ? 2 * i + 1 : 2 * i
}

/** A key whose first `depth + 1` nibbles are the first `depth` of `key`, then `nibble`. */
export function childPath(key: StorageKey, depth: number, nibble: number): StorageKey {
  const whole = depth >> 1
  const byte = (depth & 1) === 0 ? nibble << 4 : (key.charCodeAt(whole) & 0xf0) | nibble
  return key.slice(0, whole) + String.fromCharCode(byte)
}

/** The keys that share their first `depth` nibbles with `key`: `start <= k < end`. */
export interface KeyRange {
  readonly start: StorageKey
  readonly end: StorageKey
}

export function nibbleRange(key: StorageKey, depth: number): KeyRange {
  const whole = key.slice(0, depth >> 1)
  if ((depth & 1) === 0) return { start: whole, end: whole + PAST_BYTES }
  const first = key.charCodeAt(depth >> 1) & 0xf0
  return {
    start: whole + String.fromCharCode(first),
    end: whole + (first === 0xf0 ? PAST_BYTES : String.fromCharCode(first + 16)),
  }
}
