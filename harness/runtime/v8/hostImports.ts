import type { RuntimeBlob, WasmImport } from '../blob/index.ts'
import type { HostContext } from '../host/hostContext.ts'
import { HostError } from '../host/hostError.ts'
import { type HostFunction, wasmSignature } from '../host/hostFunction.ts'
import { ALLOCATOR_ERRORS, OUT_OF_SPACE_ERRORS } from './allocatorWat.ts'
import { CORE_HOST_FUNCTIONS, hasShim } from './hostCoreWat.ts'

type WasmFunction = (...args: never[]) => unknown

/** Exports of the helper module beside the host functions. */
export interface HostCore {
  /** See `giveSomeWat`. */
  readonly give_some: (length: number) => number
  readonly set_length: (length: number) => void
  readonly reset_heap: (heapBase: number, maxPages: number) => void
  readonly heap_base: () => number
  readonly heap_end: () => number
  readonly allocations: () => number
  readonly [hostFunction: string]: (...args: number[]) => unknown
}

/** Instantiates the helper over the guest's memory. */
export function instantiateHostCore(
  module: WebAssembly.Module,
  host: HostContext,
  rows: readonly HostFunction[],
): HostCore {
  const js: Record<string, WasmFunction> = { allocator_error: failAllocation }
  for (const row of rows) if (hasShim(row)) js[row.name] = row.run.bind(null, host)
  const instance = new WebAssembly.Instance(module, { env: { memory: host.memory }, js })
  // SAFETY: the exports of hostCoreWat, which the module is compiled from; its test compares the two.
  return instance.exports as unknown as HostCore
}

/** What the runtime's function imports are bound to. An import that no row answers throws once it is called. */
export function bindHostFunctions(
  blob: RuntimeBlob,
  host: HostContext,
  { core, rows }: { core: HostCore; rows: ReadonlyMap<string, HostFunction> },
): WebAssembly.Imports {
  const imports: WebAssembly.Imports = Object.create(null)
  for (const entry of blob.imports) {
    if (entry.kind !== 'function') continue
    imports[entry.module] ??= {}
    const bound = bindOne(entry, host, { core, row: rows.get(entry.name) })
    Object.assign(imports[entry.module] ?? {}, { [entry.name]: bound })
  }
  return imports
}

function bindOne(
  entry: WasmImport,
  host: HostContext,
  { core, row }: { core: HostCore; row: HostFunction | undefined },
): WasmFunction {
  if (row === undefined || entry.module !== 'env') return missing(entry.name)
  if (!hasSameSignature(entry, row)) return missing(`${entry.name} with another signature`)
  const inWasm = core[row.name]
  if (inWasm !== undefined && (hasShim(row) || CORE_HOST_FUNCTIONS.includes(row.name))) return inWasm
  return bindDirect(row, host)
}

function hasSameSignature(entry: WasmImport, row: HostFunction): boolean {
  const expected = wasmSignature(row)
  return entry.params?.join() === expected.params.join() && entry.results?.join() === expected.results.join()
}

/** Without a shim: plain numbers pass through, i64 come as bigint. */
function bindDirect(row: HostFunction, host: HostContext): WasmFunction {
  if (!row.params.includes('ps')) return row.run.bind(null, host)
  return (...args: (number | bigint)[]) => {
    const split = args.flatMap((arg, i) => (row.params[i] === 'ps' ? splitPointerSize(BigInt(arg)) : [arg]))
    return row.run(host, ...split)
  }
}

/** i64 pointer-size → pointer and length, both unsigned. */
export function splitPointerSize(value: bigint): [pointer: number, length: number] {
  const unsigned = BigInt.asUintN(64, value)
  return [Number(unsigned & 0xffff_ffffn), Number(unsigned >> 32n)]
}

function missing(name: string): WasmFunction {
  return () => {
    throw new HostError('missing', name)
  }
}

function failAllocation(code: number): never {
  const kind = OUT_OF_SPACE_ERRORS.includes(code) || code === 1 ? 'memory' : 'trap'
  throw new HostError(kind, `Failed to allocate memory: ${ALLOCATOR_ERRORS[code] ?? `error ${code}`}`)
}
