import { isUtf8 } from 'node:buffer'
import type { Shape } from './shape.ts'

/** What is answered for bytes that are not a value of the type. */
export const NO_VALUE = -1

/** The end of the value at `at`, or `NO_VALUE`. `depth` counts the values around it. */
export type Skip = (bytes: Uint8Array, at: number, depth: number) => number

/** Of the shapes that are neither made of others nor have a size in their shape; an unknown type has no values. */
export function skipOfKind(kind: Shape['kind']): Skip {
  if (kind === 'bool') return (bytes, at) => ((bytes[at] ?? 2) > 1 ? NO_VALUE : at + 1)
  if (kind === 'char') return skipChar
  if (kind === 'bytes') return (bytes, at) => skipBytes(bytes, at)
  if (kind === 'str') return skipText
  return () => NO_VALUE
}

function skipChar(bytes: Uint8Array, at: number): number {
  if (at + 4 > bytes.length) return NO_VALUE
  const code = readWord(bytes, at)
  return code > 0x10ffff || (code >= 0xd800 && code < 0xe000) ? NO_VALUE : at + 4
}

function skipBytes(bytes: Uint8Array, at: number): number {
  const start = skipLength(bytes, at)
  if (start === NO_VALUE) return NO_VALUE
  const end = start + readLength(bytes, at)
  return end <= bytes.length ? end : NO_VALUE
}

function skipText(bytes: Uint8Array, at: number): number {
  const end = skipBytes(bytes, at)
  return end !== NO_VALUE && isUtf8(bytes.subarray(skipLength(bytes, at), end)) ? end : NO_VALUE
}

export function skipBits(bytes: Uint8Array, at: number, wordBytes: number): number {
  const start = skipLength(bytes, at)
  if (start === NO_VALUE) return NO_VALUE
  const end = start + Math.ceil(readLength(bytes, at) / (wordBytes * 8)) * wordBytes
  return end <= bytes.length ? end : NO_VALUE
}

/** The end of a canonical compact integer of at most `maxBytes` bytes. */
export function skipCompact(bytes: Uint8Array, at: number, maxBytes: number): number {
  if (maxBytes === 0) return at
  const first = bytes[at]
  if (first === undefined) return NO_VALUE
  const mode = first & 3
  if (mode === 0) return at + 1
  if (mode === 3) return skipBigCompact(bytes, at, maxBytes)
  const width = mode === 1 ? 2 : 4
  if (at + width > bytes.length) return NO_VALUE
  const value = mode === 1 ? (first | ((bytes[at + 1] ?? 0) << 8)) >>> 2 : readWord(bytes, at) >>> 2
  const fits = maxBytes >= 4 || value < 2 ** (maxBytes * 8)
  return fits && value >= (mode === 1 ? 64 : 16_384) ? at + width : NO_VALUE
}

function skipBigCompact(bytes: Uint8Array, at: number, maxBytes: number): number {
  const width = ((bytes[at] ?? 0) >> 2) + 4
  const end = at + 1 + width
  if (end > bytes.length || width > maxBytes) return NO_VALUE
  const last = bytes[end - 1] ?? 0
  // Canonical: it needs this many bytes, and does not fit the modes for less.
  return last >= (width === 4 ? 0x40 : 1) ? end : NO_VALUE
}

/** The end of a length prefix. */
export function skipLength(bytes: Uint8Array, at: number): number {
  const first = bytes[at]
  if (first === undefined || (first & 3) !== 0) return skipCompact(bytes, at, 4)
  return at + 1
}

/** Of a length that `skipLength` has passed. */
export function readLength(bytes: Uint8Array, at: number): number {
  const first = bytes[at] ?? 0
  const mode = first & 3
  if (mode === 0) return first >> 2
  if (mode === 1) return (first | ((bytes[at + 1] ?? 0) << 8)) >>> 2
  return mode === 2 ? readWord(bytes, at) >>> 2 : readWord(bytes, at + 1)
}

function readWord(bytes: Uint8Array, at: number): number {
  const low = (bytes[at] ?? 0) | ((bytes[at + 1] ?? 0) << 8) | ((bytes[at + 2] ?? 0) << 16)
  return (low | ((bytes[at + 3] ?? 0) << 24)) >>> 0
}
