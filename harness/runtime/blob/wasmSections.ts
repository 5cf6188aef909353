import { DrydockError } from '../../base/errors.ts'
import { WasmReader } from './wasmReader.ts'

/** Where one section of a module lies; offsets are into the module. */
export interface WasmSection {
  readonly id: number
  /** The standard name, such as `import`; for a custom section the name that it gives itself. */
  readonly name: string
  /** Offset of the id byte. */
  readonly start: number
  /** Offset of the first content byte; for a custom section, after its name. */
  readonly contentStart: number
  readonly end: number
}

/** Section ids that are read or rewritten here. */
export const SECTION_ID = {
  custom: 0,
  type: 1,
  import: 2,
  function: 3,
  memory: 5,
  global: 6,
  export: 7,
  start: 8,
  code: 10,
  data: 11,
  dataCount: 12,
  tag: 13,
} as const

const NAMES = [
  'custom',
  'type',
  'import',
  'function',
  'table',
  'memory',
  'global',
  'export',
  'start',
  'element',
  'code',
  'data',
  'dataCount',
  'tag',
]

/** Place of each id in the order that the specification prescribes (0 for custom sections, which go anywhere). */
const ORDER = [0, 1, 2, 3, 4, 5, 7, 8, 9, 10, 12, 13, 11, 6]

const HEADER_BYTES = 8
const MAX_SECTIONS = 10_000

/**
 * The sections of a module in file order. Errors: `BLOB_TRUNCATED` when one reaches past the end, `BLOB_UNSUPPORTED` for
 * another version of the format, `BLOB_MALFORMED` for unknown, repeated or misplaced sections.
 */
export function readWasmSections(wasm: Uint8Array): readonly WasmSection[] {
  assertVersion(wasm)
  const sections: WasmSection[] = []
  let place = 0
  for (let start = HEADER_BYTES; start < wasm.length; ) {
    const section = readSection(wasm, start)
    const order = ORDER[section.id] ?? 0
    if (section.id !== SECTION_ID.custom) {
      if (order <= place)
        throw malformedAt(wasm, start, `${section.name} section is repeated or out of order`)
      place = order
    }
    if (sections.push(section) > MAX_SECTIONS) {
      throw malformedAt(wasm, start, `there are more than ${MAX_SECTIONS} sections`)
    }
    start = section.end
  }
  return sections
}

/** A reader over the content of `section`. */
export function sectionReader(wasm: Uint8Array, section: WasmSection): WasmReader {
  return new WasmReader(wasm, section.contentStart, { end: section.end, section: section.name })
}

function assertVersion(wasm: Uint8Array): void {
  if (wasm.length < HEADER_BYTES) throw truncated(wasm, `the header needs ${HEADER_BYTES} bytes`)
  const version = wasm.subarray(4, HEADER_BYTES)
  if (version[0] === 1 && version[1] === 0 && version[2] === 0 && version[3] === 0) return
  throw new DrydockError(
    `unsupported wasm: format version ${Buffer.from(version).toString('hex')}, wanted 01000000`,
    {
      code: 'BLOB_UNSUPPORTED',
      kind: 'usage',
      hints: version[2] === 1 ? ['This is a WebAssembly component; a runtime is a core module.'] : [],
      details: { feature: 'format version' },
    },
  )
}

function readSection(wasm: Uint8Array, start: number): WasmSection {
  const id = wasm[start] ?? 0
  const standardName = NAMES[id]
  if (standardName === undefined) throw malformedAt(wasm, start, `section id ${id} does not exist`)
  const reader = new WasmReader(wasm, start + 1, {
    end: Math.min(wasm.length, start + 6),
    section: standardName,
  })
  if (start + 6 > wasm.length && !hasLebEnd(wasm, start + 1)) {
    throw truncated(wasm, `the size of the ${standardName} section at byte ${start} is cut off`)
  }
  const size = reader.u32('its size')
  const end = reader.offset + size
  if (end > wasm.length) {
    throw truncated(wasm, `the ${standardName} section at byte ${start} claims ${size} bytes`)
  }
  if (id !== SECTION_ID.custom) return { id, name: standardName, start, contentStart: reader.offset, end }
  const content = new WasmReader(wasm, reader.offset, { end, section: 'custom' })
  const name = content.name('its name')
  return { id, name, start, contentStart: content.offset, end }
}

function hasLebEnd(wasm: Uint8Array, start: number): boolean {
  return wasm.subarray(start, start + 5).some((byte) => byte < 0x80)
}

function truncated(wasm: Uint8Array, problem: string): DrydockError {
  return new DrydockError(`truncated wasm: ${problem}, the module ends at byte ${wasm.length}`, {
    code: 'BLOB_TRUNCATED',
    kind: 'usage',
    hints: ['The file was cut off; build or fetch it again and compare its size.'],
    details: { sizeBytes: wasm.length },
  })
}

function malformedAt(wasm: Uint8Array, offset: number, problem: string): DrydockError {
  return new DrydockError(`malformed wasm: ${problem} (byte ${offset} of ${wasm.length})`, {
    code: 'BLOB_MALFORMED',
    kind: 'usage',
    hints: ['Build the runtime again, or fetch it again: the file is damaged or no runtime.'],
    details: { offset, problem, sizeBytes: wasm.length },
  })
}
