import { utf8ToBytes } from '../../../harness/base/bytes.ts'
import { SECTION_ID } from '../../../harness/runtime/blob/wasmSections.ts'
import { CodeWriter } from './codeWriter.ts'
import { BodyMeter } from './meterBody.ts'
import type { ConsensusModule } from './readModule.ts'

/** A module that counts its instructions, ends at a limit, and keeps which edges it took. */
export interface MeteredModule {
  readonly wasm: Uint8Array
  readonly edgeCount: number
  /** Names of exported mutable i64 globals, 64 edges in each. */
  readonly edgeGlobals: readonly string[]
}

/** Exported mutable i64 globals. A run that passes the limit ends with `unreachable`, at a loop's head or a function's entry. */
export const FUEL_GLOBAL = 'drydock.fuel'
export const FUEL_LIMIT_GLOBAL = 'drydock.fuelLimit'
const EDGES_GLOBAL = 'drydock.edges.'

/** Until the host sets another one: for the start function. */
const FIRST_FUEL_LIMIT = 10_000_000n
const MUTABLE_I64 = [0x7e, 1, 0x42]
const END = 0x0b
const KIND_GLOBAL = 3

export interface MeterOptions {
  /** The most pages that the memory may ever have; what the module declares counts when it is less. */
  readonly maxPages: number
}

/**
 * Rewrites a checked module. Counted is by the rule of `countingCode` (harness/runtime/blob/countInstructions.ts), which is
 * wasmtime's for fuel; `memory.copy` and `memory.fill` count one more for every 8 bytes. Edges, one bit each: the entry of
 * a function, both outcomes of `br_if` and `if`, and what a `br_table` leads to.
 */
export function meterModule(module: ConsensusModule, { maxPages }: MeterOptions): MeteredModule {
  const first = module.globals.length
  const meter = new BodyMeter(module, { fuel: first, limit: first + 1, firstEdges: first + 2 })
  const code = new CodeWriter()
  code.u32(module.functions.length)
  for (const body of module.functions) {
    const one = new CodeWriter()
    meter.write(one, body)
    code.sized(one.bytes())
  }
  const edgeGlobals = Array.from({ length: (meter.edgeCount + 63) >> 6 }, (_, i) => `${EDGES_GLOBAL}${i}`)
  const names = [FUEL_GLOBAL, FUEL_LIMIT_GLOBAL, ...edgeGlobals]
  const replaced = new Map([
    [SECTION_ID.memory, memorySection(module, maxPages)],
    [SECTION_ID.global, globalSection(module, names.length)],
    [SECTION_ID.export, exportSection(module, names)],
    [SECTION_ID.code, code.bytes()],
  ])
  return { wasm: withSections(module, replaced), edgeCount: meter.edgeCount, edgeGlobals }
}

function memorySection({ memories }: ConsensusModule, maxPages: number): Uint8Array {
  const out = new CodeWriter()
  const memory = memories[0] ?? { minPages: 0, maxPages: null }
  out.u32(1)
  out.byte(1)
  out.u32(memory.minPages)
  out.u32(Math.max(memory.minPages, Math.min(maxPages, memory.maxPages ?? maxPages)))
  return out.bytes()
}

function globalSection(module: ConsensusModule, added: number): Uint8Array {
  const out = new CodeWriter()
  out.u32(module.globals.length + added)
  copyVector(out, module, SECTION_ID.global)
  for (let i = 0; i < added; i++) {
    out.byte(...MUTABLE_I64)
    out.signed(i === 1 ? FIRST_FUEL_LIMIT : 0n)
    out.byte(END)
  }
  return out.bytes()
}

function exportSection(module: ConsensusModule, names: readonly string[]): Uint8Array {
  const out = new CodeWriter()
  out.u32(module.exports.length + names.length)
  copyVector(out, module, SECTION_ID.export)
  names.forEach((name, i) => {
    out.sized(utf8ToBytes(name))
    out.byte(KIND_GLOBAL)
    out.u32(module.globals.length + i)
  })
  return out.bytes()
}

/** The items of a section that is a vector, without their number. */
function copyVector(out: CodeWriter, module: ConsensusModule, id: number): void {
  const section = module.sections.find((one) => one.id === id)
  if (section === undefined) return
  let start = section.contentStart
  while ((module.wasm[start] ?? 0) >= 0x80) start++
  out.copy(module.wasm, start + 1, section.end)
}

/** Sections in the order of their ids up to the code; a section that was not there is put in place. */
function withSections(module: ConsensusModule, replaced: ReadonlyMap<number, Uint8Array>): Uint8Array {
  const out = new CodeWriter()
  const left = new Map([...replaced].sort(([one], [other]) => one - other))
  out.copy(module.wasm, 0, 8)
  const put = (id: number, bytes: Uint8Array) => {
    out.byte(id)
    out.sized(bytes)
    left.delete(id)
  }
  for (const section of module.sections) {
    if (section.id !== SECTION_ID.custom) {
      for (const [id, bytes] of left) if (id < section.id && section.id <= SECTION_ID.code) put(id, bytes)
    }
    const bytes = left.get(section.id)
    if (bytes !== undefined) put(section.id, bytes)
    else out.copy(module.wasm, section.start, section.end)
  }
  return out.bytes().slice()
}
