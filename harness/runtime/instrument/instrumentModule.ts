import { concatBytes } from '../../base/bytes.ts'
import { CodeWriter } from '../blob/codeWriter.ts'
import { encodeLeb, encodeName, replaceSections, sectionEntries } from '../blob/replaceSections.ts'
import { WasmReader } from '../blob/wasmReader.ts'
import { readWasmSections, SECTION_ID, sectionReader } from '../blob/wasmSections.ts'
import { type ModuleFacts, readModuleFacts } from './moduleFacts.ts'
import { FunctionRewriter, type ProbeNumbers, type RewriteOptions } from './rewriteFunction.ts'

export interface InstrumentOptions {
  /**
   * Address of a byte for each edge, which turns 1 when the edge is taken. The memory has to reach `edges` bytes past it, and nobody
   * else may use them. Null: edges are numbered all the same, and not recorded.
   */
  readonly edgeMap: number | null
  /** Count instructions, by the rule of `countingCode`, in the exported i64 global `FUEL_GLOBAL`. */
  readonly fuel: boolean
  /** With `fuel`: a loop that begins another round after more instructions than this traps. At most 2^31 - 1. Null: no limit. */
  readonly fuelLimit: number | null
  /** Address of 16 bytes for each comparison of two integers: its last operands, as two little-endian u64. Null: not kept. */
  readonly comparisons: number | null
}

export interface InstrumentedModule {
  readonly wasm: Uint8Array
  /** How many edges the code has; the same whatever the options. */
  readonly edges: number
  /** How many comparisons have operands kept; 0 without them. */
  readonly comparisons: number
  /** By edge: the function it is in, as in stacks. */
  readonly edgeFunctions: Uint32Array
  /** Export of the fuel's global; null without fuel. */
  readonly fuelGlobal: { readonly name: string; readonly index: number } | null
}

export const FUEL_GLOBAL = '__drydock_fuel'
const EXPORT_KIND_GLOBAL = 3
/** `(mut i64) (i64.const 0)`. */
const MUTABLE_I64_ZERO = new Uint8Array([0x7e, 1, 0x42, 0, 0x0b])

/**
 * Rewrites any WebAssembly module so that it tells where it goes and what it costs: edges, instructions and comparisons in one pass over
 * the code. Functions, types and imports keep their indices; code offsets move.
 *
 * Errors: `BLOB_MALFORMED`, `BLOB_UNSUPPORTED` as `skipImmediates`.
 */
export function instrumentModule(wasm: Uint8Array, options: InstrumentOptions): InstrumentedModule {
  const facts = readModuleFacts(wasm)
  const edgeFunctions: number[] = []
  let functionIndex = facts.importedFunctions
  const numbers: ProbeNumbers = {
    edges: 0,
    comparisons: 0,
    onEdge: () => void edgeFunctions.push(functionIndex),
  }
  const rewriteOptions: RewriteOptions = {
    edgeMap: options.edgeMap,
    comparisons: options.comparisons,
    fuelGlobal: options.fuel ? facts.globals : null,
    fuelLimit: options.fuelLimit,
  }
  const code = rewriteCode(wasm, facts, {
    options: rewriteOptions,
    numbers,
    next: (index) => {
      functionIndex = index
    },
  })
  const replaced = new Map<number, Uint8Array | null>()
  if (code !== null) replaced.set(SECTION_ID.code, code)
  if (options.fuel) {
    replaced.set(SECTION_ID.global, globals(wasm, facts))
    replaced.set(SECTION_ID.export, exports(wasm, facts))
  }
  return {
    wasm: replaceSections(wasm, replaced),
    edges: numbers.edges,
    comparisons: numbers.comparisons,
    edgeFunctions: Uint32Array.from(edgeFunctions),
    fuelGlobal: options.fuel ? { name: FUEL_GLOBAL, index: facts.globals } : null,
  }
}

function rewriteCode(
  wasm: Uint8Array,
  facts: ModuleFacts,
  context: { options: RewriteOptions; numbers: ProbeNumbers; next: (functionIndex: number) => void },
): Uint8Array | null {
  const section = readWasmSections(wasm).find((one) => one.id === SECTION_ID.code)
  if (section === undefined) return null
  const reader = sectionReader(wasm, section)
  const count = reader.count('function bodies', 2)
  const out = new CodeWriter(2 * (section.end - section.contentStart))
  out.u32(count)
  for (let i = 0; i < count; i++) {
    const size = reader.u32('the size of a function')
    const start = reader.offset
    reader.skip(size, 'a function')
    const body = new WasmReader(wasm, start, { end: start + size, section: section.name })
    context.next(facts.importedFunctions + i)
    const signature = facts.types[facts.functionTypes[i] ?? -1] ?? { params: 0, results: 0 }
    const rewritten = new FunctionRewriter(body, signature, { types: facts.types, ...context }).rewrite()
    out.u32(rewritten.length)
    out.copy(rewritten)
  }
  return out.bytes()
}

function globals(wasm: Uint8Array, facts: ModuleFacts): Uint8Array {
  return concatBytes(
    encodeLeb(facts.ownGlobals + 1),
    sectionEntries(wasm, SECTION_ID.global),
    MUTABLE_I64_ZERO,
  )
}

function exports(wasm: Uint8Array, facts: ModuleFacts): Uint8Array {
  return concatBytes(
    encodeLeb(facts.exports + 1),
    sectionEntries(wasm, SECTION_ID.export),
    encodeName(FUEL_GLOBAL),
    new Uint8Array([EXPORT_KIND_GLOBAL]),
    encodeLeb(facts.globals),
  )
}
