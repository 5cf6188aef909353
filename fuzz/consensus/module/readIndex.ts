/** Unsigned LEB128 in code that is known to be valid. */
export function readIndex(wasm: Uint8Array, offset: number): number {
  let value = 0
  for (let at = offset, shift = 0; ; at++, shift += 7) {
    const byte = wasm[at] ?? 0
    value += (byte & 0x7f) * 2 ** shift
    if (byte < 0x80) return value
  }
}
