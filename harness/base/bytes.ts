/**
 * Bytes and their two text forms: hex (for people and JSON) and binary strings (for storage keys).
 *
 * A binary string holds one byte per UTF-16 unit (0x00 to 0xff), so `<` compares in byte order and V8 keeps it
 * in one byte per character.
 */

const HEX = /^(?:0x)?(?:[0-9a-fA-F]{2})*$/

/** Decodes hex with or without `0x`. Throws `RangeError` on an odd length or a character that is not a hex digit. */
export function hexToBytes(hex: string): Uint8Array {
  if (!HEX.test(hex)) throw new RangeError(`not hex: ${JSON.stringify(hex.slice(0, 40))}`)
  return bufferToBytes(Buffer.from(hex.startsWith('0x') ? hex.slice(2) : hex, 'hex'))
}

/** Lower-case hex with `0x`. */
export function bytesToHex(bytes: Uint8Array): string {
  return `0x${asBuffer(bytes).toString('hex')}`
}

/** Bytes → binary string. */
export function bytesToBinary(bytes: Uint8Array): string {
  return asBuffer(bytes).toString('latin1')
}

/** Binary string → bytes. */
export function binaryToBytes(binary: string): Uint8Array {
  return bufferToBytes(Buffer.from(binary, 'latin1'))
}

/** Hex of a binary string, with `0x`. */
export function binaryToHex(binary: string): string {
  return `0x${Buffer.from(binary, 'latin1').toString('hex')}`
}

/** Hex → binary string; errors as `hexToBytes`. */
export function hexToBinary(hex: string): string {
  return bytesToBinary(hexToBytes(hex))
}

/** UTF-8 encoding of `text`. */
export function utf8ToBytes(text: string): Uint8Array {
  return bufferToBytes(Buffer.from(text, 'utf8'))
}

/** One array with the parts end to end. */
export function concatBytes(...parts: readonly Uint8Array[]): Uint8Array {
  let length = 0
  for (const part of parts) length += part.length
  const joined = new Uint8Array(length)
  let offset = 0
  for (const part of parts) {
    joined.set(part, offset)
    offset += part.length
  }
  return joined
}

/** True when both have the same length and bytes. */
export function isEqualBytes(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && Buffer.compare(a, b) === 0
}

function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
}

function bufferToBytes(buffer: Buffer): Uint8Array {
  return new Uint8Array(buffer.buffer, buffer.byteOffset, buffer.byteLength)
}
