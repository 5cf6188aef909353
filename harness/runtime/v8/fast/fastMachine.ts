import { errorMessage } from '../../../base/errors.ts'
import type { Overlay } from '../../../state/overlay.ts'
import { type PreparedModule, prepareModule, type RuntimeBlob } from '../../blob/index.ts'
import { createKeystore } from '../../crypto/keystore.ts'
import type { Outcome, RuntimeLog } from '../../executor.ts'
import type { HostServices } from '../../host/hostContext.ts'
import { HOST_FUNCTIONS } from '../../host/hostFunctions.ts'
import { COMPARISON_BYTES, type InstrumentedModule, instrumentModule } from '../../instrument/index.ts'
import { withDeepStackTraces } from '../../panic/captureWasmStack.ts'
import { assertCompilable } from '../assertCompilable.ts'
import { compileRuntime } from '../compileRuntime.ts'
import { failureOutcome } from '../failureOutcome.ts'
import { Guest } from '../guest.ts'
import { HOST_CORE_WASM } from '../hostCoreWasm.ts'
import { leavesTraces } from '../leavesTraces.ts'
import { UnrunnableModuleError } from '../unrunnableModuleError.ts'
import { EDGE_MAP_WASM } from './edgeMapWasm.ts'
import { WrittenPages } from './writtenPages.ts'

export interface FastMachineOptions {
  readonly services: HostServices
  /** Pages of 64 KiB above the module's minimum, as of a node. */
  readonly heapPages: number
  /** Instructions of one call, past which its loops end in a trap. */
  readonly fuelLimit: number
  /** `edges`: records edges. `comparisons`: records operands of comparisons instead, slower. */
  readonly records: 'edges' | 'comparisons'
}

/** One call, as cheaply as can be told. */
export interface FastRun {
  /** Null when the call trapped. */
  readonly output: Uint8Array | null
  /** Null when the call came back. */
  readonly failure: Outcome | null
  /** Wasm instructions. */
  readonly fuel: number
  readonly heapPeakBytes: number
  readonly allocations: number
  /** At ERROR. */
  readonly logs: readonly RuntimeLog[]
}

export interface FastCall {
  readonly entryPoint: string
  readonly input: Uint8Array
  /** Gets the changes, also those of a call that fails. */
  readonly overlay: Overlay
}

/** Two integers that the runtime compared, as u64. */
export type Operands = readonly [bigint, bigint]

const PAGE_BYTES = 65_536
const CHUNK = 16
const ERROR_LEVEL = 1
const U64_MAX = 2n ** 64n - 1n
/** Nobody reads the state root of a block that is dropped. */
const NO_ROOT = new Uint8Array(32)

interface EdgeHelper {
  collect(map: number, mask: number, bytes: number, out: number): number
}

/**
 * A runtime for a campaign of calls: instrumented and compiled once, one instance kept warm and restored by what calls write, every
 * signature accepted, no state root, logs at ERROR alone, and no outcome built for a call that came back.
 *
 * Pointers are a node's: the maps lie past the last page of the heap. A call whose heap would reach them ends as a limit of memory.
 */
export class FastMachine {
  readonly blob: RuntimeBlob
  /** How many edges the code has. */
  readonly edges: number
  readonly #instrumented: InstrumentedModule
  readonly #prepared: PreparedModule
  readonly #module: WebAssembly.Module
  readonly #helper = new WebAssembly.Module(Buffer.from(EDGE_MAP_WASM, 'base64'))
  readonly #hostCore = new WebAssembly.Module(Buffer.from(HOST_CORE_WASM, 'base64'))
  readonly #rows = new Map(HOST_FUNCTIONS.map((row) => [row.name, row]))
  readonly #options: FastMachineOptions
  readonly #isReusable: boolean
  readonly #heapEndPages: number
  /** Address of the map: the edges' flags, or the operands. */
  readonly #map: number
  /** Bytes of the map. */
  readonly #mapBytes: number
  #guest: Guest | null = null
  #edgeHelper: EdgeHelper | null = null
  #pages: WrittenPages | null = null

  /** Compiles; throws `UnrunnableModuleError` for what V8 refuses. */
  constructor(blob: RuntimeBlob, options: FastMachineOptions) {
    this.blob = blob
    this.#options = options
    this.#heapEndPages = Math.min(blob.memory.minPages + options.heapPages, 65_000)
    this.#map = this.#heapEndPages * PAGE_BYTES
    const isEdges = options.records === 'edges'
    try {
      assertCompilable(blob)
      const made = instrumentModule(blob.wasm, {
        edgeMap: isEdges ? this.#map : null,
        comparisons: isEdges ? null : this.#map,
        fuel: true,
        fuelLimit: options.fuelLimit,
      })
      this.#instrumented = made
      this.edges = made.edges
      this.#mapBytes = isEdges ? Math.ceil(made.edges / CHUNK) * CHUNK : made.comparisons * COMPARISON_BYTES
      // The flags, the mask, a mask of zeros, and a list of indices.
      const pages = Math.ceil((isEdges ? 7 * this.#mapBytes : this.#mapBytes) / PAGE_BYTES)
      const most = this.#heapEndPages + pages
      const extraPages = most - blob.memory.minPages
      this.#prepared = prepareModule(withFuel(blob, made), { extraPages, maximumPages: most })
      this.#module = compileRuntime(new Uint8Array(this.#prepared.wasm))
    } catch (error) {
      throw new UnrunnableModuleError(`the runtime cannot be instrumented: ${errorMessage(error)}`)
    }
    this.#isReusable = !leavesTraces(blob)
  }

  /** Runs a call. Its edges add to those of the calls since the last `takeEdges`. */
  run({ entryPoint, input, overlay }: FastCall): FastRun {
    this.#guest ??= this.#createGuest()
    const guest = this.#guest
    guest.host.begin({
      overlay,
      keystore: createKeystore(),
      signatures: 'accept',
      maxLogLevel: ERROR_LEVEL,
      storageProofSize: U64_MAX,
      assumedStateRoot: NO_ROOT,
      freshInstance: false,
      heapFill: null,
      point: null,
    })
    let output: Uint8Array | null = null
    let thrown: { readonly error: unknown } | null = null
    try {
      output = withDeepStackTraces(() => guest.call(entryPoint, input))
    } catch (error) {
      thrown = { error }
    }
    const fuel = this.#fuel(guest)
    const { heapPeakBytes } = guest
    const allocations = guest.core.allocations()
    const { logs } = guest.host
    guest.host.end()
    const failure = this.#failure(guest, { entryPoint, thrown, overlay, fuel })
    this.#restore(guest, failure !== null)
    return { output: failure === null ? output : null, failure, fuel, heapPeakBytes, allocations, logs }
  }

  /** Edges taken since the last `takeEdges` that `seen` (a byte each) does not have; the map begins anew. */
  takeEdges(seen: Uint8Array, which: 'new' | 'all' = 'new'): readonly number[] {
    const guest = this.#guest
    const helper = this.#edgeHelper
    if (guest === null || helper === null) return []
    const mask = this.#map + this.#mapBytes
    const zeros = mask + this.#mapBytes
    const out = zeros + this.#mapBytes
    if (which === 'new') guest.host.u8.set(seen, mask)
    const count = helper.collect(this.#map, which === 'new' ? mask : zeros, this.#mapBytes, out)
    const found = count === 0 ? [] : [...new Uint32Array(guest.host.memory.buffer, out, count)]
    return found
  }

  /** Forgets the edges taken so far. */
  clearEdges(): void {
    this.#guest?.host.u8.fill(0, this.#map, this.#map + this.#mapBytes)
  }

  /** Operands of all comparisons since the last time, with `records: 'comparisons'`; one pair for each place in the code. */
  takeComparisons(): readonly Operands[] {
    const guest = this.#guest
    if (guest === null) return []
    const words = new BigUint64Array(guest.host.memory.buffer, this.#map, this.#mapBytes / 8)
    const found: Operands[] = []
    for (let i = 0; i < words.length; i += 2) {
      const a = words[i] ?? 0n
      const b = words[i + 1] ?? 0n
      if (a !== b) found.push([a, b])
    }
    words.fill(0n)
    return found
  }

  /** The function that an edge is in, as in stacks. */
  functionOfEdge(edge: number): number {
    return this.#instrumented.edgeFunctions[edge] ?? -1
  }

  #createGuest(): Guest {
    const guest = new Guest(this.blob, this.#module, this.#prepared, {
      services: this.#options.services,
      rows: this.#rows,
      hostCore: this.#hostCore,
      heapEndPages: this.#heapEndPages,
    })
    const { memory } = guest.host
    // SAFETY: the exports of edgeMapWat, which the module is compiled from; its test compares the two.
    this.#edgeHelper = new WebAssembly.Instance(this.#helper, { env: { memory } })
      .exports as unknown as EdgeHelper
    this.#pages = new WrittenPages(guest.host.u8.slice(0, guest.heapBase))
    return guest
  }

  #fuel(guest: Guest): number {
    // SAFETY: instrumentModule exports it as a global.
    const global = guest.exports[this.#instrumented.fuelGlobal?.name ?? ''] as WebAssembly.Global
    const fuel = Number(global.value)
    global.value = 0n
    return fuel
  }

  #failure(
    guest: Guest,
    run: { entryPoint: string; thrown: { readonly error: unknown } | null; overlay: Overlay; fuel: number },
  ): Outcome | null {
    const { entryPoint, thrown, overlay, fuel } = run
    if (thrown === null && guest.core.heap_end() >>> 0 <= this.#map) return null
    const cost = { wallMs: 0, ...overlay.counters, heapPeakBytes: guest.heapPeakBytes, allocations: 0 }
    const base = { entryPoint, logs: guest.host.logs, denied: guest.host.denied, cost }
    if (guest.core.heap_end() >>> 0 > this.#map) {
      return { ...base, kind: 'limit', limit: 'memory', message: 'the heap is full', stack: [] }
    }
    const outcome = failureOutcome(base, thrown?.error, { blob: this.blob, host: guest.host })
    if (outcome.kind !== 'panic' || fuel <= this.#options.fuelLimit) return outcome
    const message = `the call had not come back after ${this.#options.fuelLimit} instructions`
    return { ...base, kind: 'limit', limit: 'time', message, stack: outcome.stack }
  }

  #restore(guest: Guest, failed: boolean): void {
    if (!this.#isReusable || !guest.canRestore) {
      // The edges taken so far go with the instance: such a runtime is fuzzed without them.
      this.#guest = null
      return
    }
    if (failed) guest.restore()
    else {
      this.#pages?.restore(guest.host.u8)
      guest.restoreHeap()
    }
  }
}

/** The blob with the instrumented module in place of its own. */
function withFuel(blob: RuntimeBlob, made: InstrumentedModule): RuntimeBlob {
  const { fuelGlobal } = made
  const exports =
    fuelGlobal === null ? blob.exports : [...blob.exports, { ...fuelGlobal, kind: 'global' as const }]
  return { ...blob, wasm: made.wasm, exports }
}
