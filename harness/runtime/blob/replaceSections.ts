import { concatBytes, utf8ToBytes } from '../../base/bytes.ts'
import { readWasmSections, SECTION_ID } from './wasmSections.ts'

/** The entries of a section that starts with their count; none when it is missing. */
export function sectionEntries(wasm: Uint8Array, id: number): Uint8Array {
  const section = readWasmSections(wasm).find((one) => one.id === id)
  if (section === undefined) return new Uint8Array(0)
  const content = wasm.subarray(section.contentStart, section.end)
  return content.subarray(lebLength(content))
}

/** A name as it stands in a module: length and UTF-8. */
export function encodeName(name: string): Uint8Array {
  const text = utf8ToBytes(name)
  return concatBytes(encodeLeb(text.length), text)
}

/** Where each known section stands in a module; custom sections may be anywhere. */
const SECTION_ORDER: readonly number[] = [1, 2, 3, 4, 5, 13, 6, 7, 8, 9, 12, 10, 11]

/** Copies the module with other contents for the given section ids; null leaves one out, a missing one is put in its place. */
export function replaceSections(
  wasm: Uint8Array,
  contents: ReadonlyMap<number, Uint8Array | null>,
): Uint8Array {
  const parts: Uint8Array[] = []
  const pending = new Map(contents)
  let copiedTo = 0
  for (const section of readWasmSections(wasm)) {
    const due = [...pending].filter(([id]) => isBefore(id, section.id)).sort(bySectionOrder)
    const content = pending.get(section.id)
    if (due.length === 0 && content === undefined) continue
    parts.push(wasm.subarray(copiedTo, section.start), ...due.map(([id, added]) => encodeSection(id, added)))
    copiedTo = section.start
    for (const [id] of due) pending.delete(id)
    if (content === undefined) continue
    parts.push(encodeSection(section.id, content))
    copiedTo = section.end
    pending.delete(section.id)
  }
  const rest = [...pending].sort(bySectionOrder).map(([id, added]) => encodeSection(id, added))
  return concatBytes(...parts, wasm.subarray(copiedTo), ...rest)
}

function isBefore(id: number, other: number): boolean {
  return other !== SECTION_ID.custom && SECTION_ORDER.indexOf(id) < SECTION_ORDER.indexOf(other)
}

function bySectionOrder([a]: readonly [number, unknown], [b]: readonly [number, unknown]): number {
  return SECTION_ORDER.indexOf(a) - SECTION_ORDER.indexOf(b)
}

function encodeSection(id: number, content: Uint8Array | null): Uint8Array {
  if (content === null) return new Uint8Array(0)
  return concatBytes(new Uint8Array([id]), encodeLeb(content.length), content)
}

function lebLength(bytes: Uint8Array): number {
  const last = bytes.findIndex((byte) => byte < 0x80)
  return last + 1
}

/** Unsigned LEB128. */
export function encodeLeb(value: number): Uint8Array {
  const bytes: number[] = []
  let rest = value
  while (rest >= 0x80) {
    bytes.push((rest & 0x7f) | 0x80)
    rest >>>= 7
  }
  bytes.push(rest)
  return new Uint8Array(bytes)
}
