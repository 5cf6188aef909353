/**
 * The few SCALE shapes that the executor and the block builder need without metadata. Typed values are read and written by
 * the shapes of `harness/codec/shape/`.
 *
 * @see https://docs.polkadot.com/polkadot-protocol/basics/data-encoding/
 */

const EMPTY_OPTION = new Uint8Array([0])

/** `compact<u32>` of an integer in 0..2^32-1. */
export function encodeCompact(value: number): Uint8Array {
  if (value < 64) return new Uint8Array([value << 2])
  if (value < 16_384) return new Uint8Array([((value << 2) | 1) & 0xff, value >> 6])
  if (value < 1_073_741_824) {
    return new Uint8Array([
      ((value << 2) | 2) & 0xff,
      (value >> 6) & 0xff,
      (value >> 14) & 0xff,
      value >>> 22,
    ])
  }
  return new Uint8Array([3, value & 0xff, (value >> 8) & 0xff, (value >> 16) & 0xff, value >>> 24])
}

/** A decoded value and where the next one starts. */
export interface Decoded<T> {
  readonly value: T
  readonly end: number
}

/**
 * Canonical `compact<u32>` at `offset`; null when the bytes are short, not canonical, or past u32, as parity-scale-codec
 * refuses them.
 */
export function decodeCompact(bytes: Uint8Array, offset = 0): Decoded<number> | null {
  const first = bytes[offset]
  if (first === undefined) return null
  const mode = first & 3
  if (mode === 0) return { value: first >> 2, end: offset + 1 }
  if (mode === 3) {
    if (first !== 3 || offset + 5 > bytes.length) return null
    const value = readU32(bytes, offset + 1)
    return value > 0x3fff_ffff ? { value, end: offset + 5 } : null
  }
  const width = mode === 1 ? 2 : 4
  if (offset + width > bytes.length) return null
  if (mode === 1) {
    const value = readU16(bytes, offset) >>> 2
    return value > 63 ? { value, end: offset + 2 } : null
  }
  const value = readU32(bytes, offset) >>> 2
  return value > 16_383 ? { value, end: offset + 4 } : null
}

/** `Vec<u8>`: compact length, then the bytes. */
export function encodeBytes(bytes: Uint8Array): Uint8Array {
  const prefix = encodeCompact(bytes.length)
  const encoded = new Uint8Array(prefix.length + bytes.length)
  encoded.set(prefix)
  encoded.set(bytes, prefix.length)
  return encoded
}

/** `Vec<u8>` at `offset` as a view into `bytes`; null when it does not fit. */
export function decodeBytes(bytes: Uint8Array, offset = 0): Decoded<Uint8Array> | null {
  const length = decodeCompact(bytes, offset)
  if (length === null || length.end + length.value > bytes.length) return null
  const end = length.end + length.value
  return { value: bytes.subarray(length.end, end), end }
}

/** `Option<Vec<u8>>`. */
export function encodeOptionBytes(bytes: Uint8Array | null): Uint8Array {
  if (bytes === null) return EMPTY_OPTION
  const inner = encodeBytes(bytes)
  const encoded = new Uint8Array(inner.length + 1)
  encoded[0] = 1
  encoded.set(inner, 1)
  return encoded
}

/** Little-endian `width` bytes of a non-negative integer. */
export function encodeUint(value: bigint | number, width: number): Uint8Array {
  const bytes = new Uint8Array(width)
  let rest = BigInt(value)
  for (let i = 0; i < width; i++) {
    bytes[i] = Number(rest & 0xffn)
    rest >>= 8n
  }
  if (rest !== 0n) throw new RangeError(`${value} does not fit ${width} bytes`)
  return bytes
}

/** Little-endian unsigned integer over all of `bytes`. */
export function decodeUint(bytes: Uint8Array): bigint {
  let value = 0n
  for (let i = bytes.length - 1; i >= 0; i--) value = (value << 8n) | BigInt(bytes[i] ?? 0)
  return value
}

/** Little-endian u32; bytes past the end read as zero. */
export function readU32(bytes: Uint8Array, offset: number): number {
  return (readU16(bytes, offset) | (readU16(bytes, offset + 2) << 16)) >>> 0
}

function readU16(bytes: Uint8Array, offset: number): number {
  return (bytes[offset] ?? 0) | ((bytes[offset + 1] ?? 0) << 8)
}
