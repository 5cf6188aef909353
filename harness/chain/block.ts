import { bytesToHex, concatBytes } from '../base/bytes.ts'
import { decodeBytes, decodeCompact, encodeCompact } from '../codec/scale.ts'
import type { ChainState } from '../state/chainState.ts'
import { decodeHeaderAt, encodeHeader, type Header, hashHeader } from './header.ts'

/** A whole block. Extrinsics are as on the wire and in RPC: SCALE bytes that start with their own compact length. */
export interface Block {
  readonly header: Header
  readonly extrinsics: readonly Uint8Array[]
}

/** A block that a chain stands at, with the state after it. */
export interface ChainHead {
  readonly number: number
  /** Hash of `header`, 32 bytes. */
  readonly hash: Uint8Array
  readonly header: Header
  readonly state: ChainState
}

/** The head that `header` and the state after its block make. */
export function createHead(header: Header, state: ChainState): ChainHead {
  return { number: header.number, hash: hashHeader(header), header, state }
}

/** `#12 0x8af2…01bc`, for messages. */
export function headLabel(head: ChainHead): string {
  const hash = bytesToHex(head.hash)
  return `#${head.number} ${hash.slice(0, 6)}…${hash.slice(-4)}`
}

/** SCALE bytes of a block. */
export function encodeBlock(block: Block): Uint8Array {
  return concatBytes(encodeHeader(block.header), encodeExtrinsics(block.extrinsics))
}

/** A block that takes all of `bytes`; null when they are malformed or too many. */
export function decodeBlock(bytes: Uint8Array): Block | null {
  const header = decodeHeaderAt(bytes, 0)
  if (header === null) return null
  const extrinsics = decodeExtrinsics(bytes.subarray(header.end))
  return extrinsics === null ? null : { header: header.header, extrinsics }
}

/** `Vec<Extrinsic>` of extrinsics that carry their length. */
export function encodeExtrinsics(extrinsics: readonly Uint8Array[]): Uint8Array {
  return concatBytes(encodeCompact(extrinsics.length), ...extrinsics)
}

/** Splits a `Vec<Extrinsic>` that takes all of `bytes`; null when malformed. Each keeps its length prefix. */
export function decodeExtrinsics(bytes: Uint8Array): readonly Uint8Array[] | null {
  const count = decodeCompact(bytes)
  if (count === null) return null
  const extrinsics: Uint8Array[] = []
  let start = count.end
  for (let i = 0; i < count.value; i++) {
    const body = decodeBytes(bytes, start)
    if (body === null) return null
    extrinsics.push(bytes.slice(start, body.end))
    start = body.end
  }
  return start === bytes.length ? extrinsics : null
}
