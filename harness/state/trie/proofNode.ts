import { bytesToBinary } from '../../base/bytes.ts'
import { decodeBytes } from '../../codec/scale.ts'
import type { StorageKey } from '../stateView.ts'
import { nibbleAt } from './nibbles.ts'
import { branchHeader, LEAF, LEAF_HASHED, type NibblePath, writeCompact, writePath } from './nodeEncoding.ts'

const HASH_BYTES = 32

/** A decoded node, of which some parts may have been left out. */
export interface ProofNode {
  readonly kind: 'leaf' | 'branch'
  /** The partial key, a character a nibble. */
  readonly partial: string
  /** The value, or its hash when `isHashed`. */
  readonly value: Uint8Array | null
  readonly isHashed: boolean
  /** 16 for a branch, none for a leaf; null where there is no child. */
  readonly children: readonly (Uint8Array | null)[]
}

interface Header {
  readonly kind: 'leaf' | 'branch'
  readonly hasValue: boolean
  readonly isHashed: boolean
  readonly mostNibbles: number
}

/**
 * Decodes a node as sp-trie's codec does, for which bytes left over at the end do no harm. Null when it is malformed or the
 * empty node.
 */
export function decodeNode(bytes: Uint8Array): ProofNode | null {
  const first = bytes[0]
  const header = first === undefined ? null : headerOf(first)
  if (header === null || first === undefined) return null
  let nibbles = first & header.mostNibbles
  let at = 1
  if (nibbles === header.mostNibbles) {
    let more: number | undefined
    do {
      more = bytes[at++]
      if (more === undefined) return null
      nibbles += more
    } while (more === 255)
  }
  const partialEnd = at + ((nibbles + 1) >> 1)
  if (partialEnd > bytes.length || ((nibbles & 1) === 1 && (bytes[at] ?? 0) > 15)) return null
  const partial = nibblesOf(bytes.subarray(at, partialEnd), nibbles)
  return decodeBody(bytes, partialEnd, header, partial)
}

function decodeBody(bytes: Uint8Array, start: number, header: Header, partial: string): ProofNode | null {
  const { kind, hasValue, isHashed } = header
  let at = start
  let bitmap = 0
  if (kind === 'branch') {
    if (at + 2 > bytes.length) return null
    bitmap = (bytes[at] ?? 0) | ((bytes[at + 1] ?? 0) << 8)
    if (bitmap === 0) return null
    at += 2
  }
  let value: Uint8Array | null = null
  if (hasValue) {
    const decoded = isHashed ? takeHash(bytes, at) : decodeBytes(bytes, at)
    if (decoded === null) return null
    value = decoded.value
    at = decoded.end
  }
  const children: (Uint8Array | null)[] = []
  for (let nibble = 0; nibble < 16 && kind === 'branch'; nibble++) {
    const child = ((bitmap >> nibble) & 1) === 1 ? decodeBytes(bytes, at) : { value: null, end: at }
    if (child === null) return null
    children.push(child.value)
    at = child.end
  }
  return { kind, partial, value, isHashed, children }
}

function takeHash(bytes: Uint8Array, start: number): { value: Uint8Array; end: number } | null {
  const end = start + HASH_BYTES
  return end > bytes.length ? null : { value: bytes.subarray(start, end), end }
}

function headerOf(first: number): Header | null {
  if (first >= 0xc0) return { kind: 'branch', hasValue: true, isHashed: false, mostNibbles: 0x3f }
  if (first >= 0x80) return { kind: 'branch', hasValue: false, isHashed: false, mostNibbles: 0x3f }
  if (first >= 0x40) return { kind: 'leaf', hasValue: true, isHashed: false, mostNibbles: 0x3f }
  if (first >= 0x20) return { kind: 'leaf', hasValue: true, isHashed: true, mostNibbles: 0x1f }
  if (first >= 0x10) return { kind: 'branch', hasValue: true, isHashed: true, mostNibbles: 0x0f }
  return null
}

function nibblesOf(bytes: Uint8Array, nibbles: number): string {
  let partial = ''
  const key = bytesToBinary(bytes)
  for (let depth = nibbles & 1; depth < nibbles + (nibbles & 1); depth++) {
    partial += String.fromCharCode(nibbleAt(key, depth))
  }
  return partial
}

/** What `encodeNode` encodes: the partial key comes from a path. */
export interface NodeContent {
  readonly path: NibblePath
  readonly value: Uint8Array | null
  readonly isHashed: boolean
  /** None for a leaf. */
  readonly children: readonly (Uint8Array | null)[]
}

/** Encodes a whole node. */
export function encodeNode(content: NodeContent): Uint8Array {
  const { path, value, isHashed, children } = content
  const isLeaf = children.length === 0
  const present = children.filter((child) => child !== null)
  const childrenBytes = present.reduce((sum, child) => sum + child.length + 4, 0)
  const encoded = new Uint8Array(64 + path.to - path.from + (value?.length ?? 0) + childrenBytes)
  let at = writePath(encoded, 0, isLeaf ? leafHeader(isHashed) : branchHeader(value, isHashed), path)
  if (!isLeaf) {
    const bitmap = children.reduce((bits, child, i) => (child === null ? bits : bits | (1 << i)), 0)
    encoded[at++] = bitmap & 0xff
    encoded[at++] = bitmap >> 8
  }
  if (value !== null) {
    if (!isHashed) at = writeCompact(encoded, at, value.length)
    encoded.set(value, at)
    at += value.length
  }
  for (const child of present) {
    at = writeCompact(encoded, at, child.length)
    encoded.set(child, at)
    at += child.length
  }
  return encoded.subarray(0, at)
}

function leafHeader(isHashed: boolean): typeof LEAF {
  return isHashed ? LEAF_HASHED : LEAF
}

/** True when the nibbles of `key` from `depth` on begin with those of `partial`. */
export function continuesWith(key: StorageKey, depth: number, partial: string): boolean {
  if (depth + partial.length > 2 * key.length) return false
  for (let i = 0; i < partial.length; i++) {
    if (nibbleAt(key, depth + i) !== partial.charCodeAt(i)) return false
  }
  return true
}
