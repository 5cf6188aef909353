/**
 * The parts of an encoded node, written in place.
 *
 * @see https://spec.polkadot.network/chap-state#sect-state-storage-trie-structure
 */
import type { StorageKey } from '../stateView.ts'
import { nibbleAt } from './nibbles.ts'

/** First byte of a node: its variant, and how many nibbles of partial key its low bits can count. */
export interface NodeHeader {
  readonly bits: number
  readonly mostNibbles: number
}

export const LEAF: NodeHeader = { bits: 0x40, mostNibbles: 0x3f }
/** The value is given by its hash, as in the next but one. */
export const LEAF_HASHED: NodeHeader = { bits: 0x20, mostNibbles: 0x1f }
export const BRANCH: NodeHeader = { bits: 0x80, mostNibbles: 0x3f }
export const BRANCH_HASHED: NodeHeader = { bits: 0x10, mostNibbles: 0x0f }
export const BRANCH_VALUE: NodeHeader = { bits: 0xc0, mostNibbles: 0x3f }

/** Header of a branch. */
export function branchHeader(value: Uint8Array | null, isHashed: boolean): NodeHeader {
  if (value === null) return BRANCH
  return isHashed ? BRANCH_HASHED : BRANCH_VALUE
}

/** Writes header and partial key: nibbles `from` to `to` of `key`. Returns where the node goes on. */
export function writePath(memory: Uint8Array, start: number, header: NodeHeader, path: NibblePath): number {
  const { key, from, to } = path
  let at = writeHeader(memory, start, header, to - from)
  let depth = from
  if (((to - from) & 1) === 1) memory[at++] = nibbleAt(key, depth++)
  if ((depth & 1) === 0) {
    for (; depth < to; depth += 2) memory[at++] = key.charCodeAt(depth >> 1)
  } else {
    for (; depth < to; depth += 2) {
      memory[at++] = ((key.charCodeAt(depth >> 1) & 15) << 4) | (key.charCodeAt((depth + 1) >> 1) >> 4)
    }
  }
  return at
}

export interface NibblePath {
  readonly key: StorageKey
  readonly from: number
  readonly to: number
}

function writeHeader(memory: Uint8Array, start: number, header: NodeHeader, nibbles: number): number {
  let at = start
  if (nibbles < header.mostNibbles) {
    memory[at++] = header.bits | nibbles
    return at
  }
  memory[at++] = header.bits | header.mostNibbles
  let rest = nibbles - header.mostNibbles
  for (; rest >= 255; rest -= 255) memory[at++] = 255
  memory[at++] = rest
  return at
}

/** Writes a SCALE compact below 2^30. Returns where it ends. */
export function writeCompact(memory: Uint8Array, start: number, value: number): number {
  let at = start
  if (value < 64) {
    memory[at++] = value << 2
    return at
  }
  if (value < 16_384) {
    memory[at++] = ((value & 63) << 2) | 1
    memory[at++] = value >> 6
    return at
  }
  memory[at++] = ((value & 63) << 2) | 2
  memory[at++] = (value >> 6) & 0xff
  memory[at++] = (value >> 14) & 0xff
  memory[at++] = value >> 22
  return at
}
