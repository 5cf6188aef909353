import { concatBytes } from '../base/bytes.ts'
import { blake2_256 } from '../base/hash.ts'
import { decodeCompact, encodeCompact } from '../codec/scale.ts'
import { digestItemEnd, withoutSeals } from './digestItem.ts'

/** A block header with BLAKE2-256 hashes, as every chain that we know has it. Hashes are 32 bytes. */
export interface Header {
  readonly parentHash: Uint8Array
  readonly number: number
  readonly stateRoot: Uint8Array
  readonly extrinsicsRoot: Uint8Array
  /** SCALE-encoded digest items, in order. */
  readonly digest: readonly Uint8Array[]
}

const HASH_BYTES = 32

/** 32 zero bytes: the parent of genesis, and roots that are not known yet. */
export function zeroHash(): Uint8Array {
  return new Uint8Array(HASH_BYTES)
}

/** SCALE bytes. */
export function encodeHeader(header: Header): Uint8Array {
  return concatBytes(
    header.parentHash,
    encodeCompact(header.number),
    header.stateRoot,
    header.extrinsicsRoot,
    encodeDigest(header.digest),
  )
}

/** `Vec<DigestItem>` of items that are encoded already. */
export function encodeDigest(digest: readonly Uint8Array[]): Uint8Array {
  return concatBytes(encodeCompact(digest.length), ...digest)
}

/** A header at `offset` and where it ends; null when the bytes are malformed. */
export function decodeHeaderAt(bytes: Uint8Array, offset: number): { header: Header; end: number } | null {
  const number = decodeCompact(bytes, offset + HASH_BYTES)
  if (number === null) return null
  const roots = number.end
  const digest = decodeDigestItems(bytes, roots + 2 * HASH_BYTES)
  if (digest === null) return null
  const header = {
    parentHash: bytes.slice(offset, offset + HASH_BYTES),
    number: number.value,
    stateRoot: bytes.slice(roots, roots + HASH_BYTES),
    extrinsicsRoot: bytes.slice(roots + HASH_BYTES, roots + 2 * HASH_BYTES),
    digest: digest.items,
  }
  return { header, end: digest.end }
}

/** A header that takes all of `bytes`; null when they are malformed or too many. */
export function decodeHeader(bytes: Uint8Array): Header | null {
  const decoded = decodeHeaderAt(bytes, 0)
  return decoded !== null && decoded.end === bytes.length ? decoded.header : null
}

/** The block's hash. A seal in the digest counts, as on the chain. */
export function hashHeader(header: Header): Uint8Array {
  return blake2_256(encodeHeader(header))
}

/** The header that a runtime gets to execute: without seals. */
export function stripSeals(header: Header): Header {
  return { ...header, digest: withoutSeals(header.digest) }
}

function decodeDigestItems(bytes: Uint8Array, offset: number): { items: Uint8Array[]; end: number } | null {
  const count = decodeCompact(bytes, offset)
  if (count === null) return null
  const items: Uint8Array[] = []
  let start = count.end
  for (let i = 0; i < count.value; i++) {
    const end = digestItemEnd(bytes, start)
    if (end === null) return null
    items.push(bytes.slice(start, end))
    start = end
  }
  return { items, end: start }
}
