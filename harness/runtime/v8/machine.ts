import { errorMessage } from '../../base/errors.ts'
import { type PreparedModule, prepareModule, type RuntimeBlob } from '../blob/index.ts'
import { selectBls12381HostCalls } from '../crypto/bls/bls12381HostCalls.ts'
import { type HostCall, HostContext, type HostServices } from '../host/hostContext.ts'
import { HostError } from '../host/hostError.ts'
import type { HostFunction } from '../host/hostFunction.ts'
import { assertCompilable, SlowToCompileError } from './assertCompilable.ts'
import { compileRuntime } from './compileRuntime.ts'
import { entryPoints } from './entryPoints.ts'
import { bindHostFunctions, type HostCore, instantiateHostCore, splitPointerSize } from './hostImports.ts'
import { leavesTraces } from './leavesTraces.ts'

const MAX_PAGES = 65_536
const PAGE_BYTES = 65_536
const FILLED_HEAP_BYTES = 32 * 1024 * 1024

export interface MachineOptions {
  /** Pages of 64 KiB above the module's minimum; the memory never grows past it, as on a node. */
  readonly heapPages: number
  readonly services: HostServices
  readonly rows: ReadonlyMap<string, HostFunction>
  readonly hostCore: WebAssembly.Module
  readonly countsInstructions: boolean
}

/** Why a module can't be run; its message is for people. */
export class UnrunnableModuleError extends Error {
  readonly memory: boolean

  constructor(message: string, memory = false) {
    super(message)
    this.name = 'UnrunnableModuleError'
    this.memory = memory
  }
}

/**
 * One runtime, compiled, with an instance that is used again from call to call.
 *
 * Before each call everything that a Rust program can read is as in a new instance: static data and globals come from a
 * snapshot, the stack and the part of the heap that was given out are zeroed. After a trap, or when code could have changed
 * tables or dropped segments, the instance is thrown away instead. What a call wrote past the heap's end, which no sound
 * program can, stays; a block's re-execution asks for a new instance and would show it.
 *
 * PERF: restoring takes 0.05 ms, a new instance 0.5 to 3 ms and up to 20 ms with the collection of old memories.
 */
export class Machine {
  readonly #options: MachineOptions
  readonly #blob: RuntimeBlob
  readonly #prepared: PreparedModule
  readonly #module: WebAssembly.Module
  #entryPoints: ReadonlySet<string> | null = null
  #leavesTraces: boolean | null = null
  #guest: Guest | null = null

  /** Compiles; throws `UnrunnableModuleError` for what V8 or a node would refuse. */
  constructor(blob: RuntimeBlob, options: MachineOptions) {
    this.#blob = blob
    this.#options = options
    const pages = Math.min(blob.memory.minPages + options.heapPages, MAX_PAGES)
    try {
      assertCompilable(blob)
      const { heapPages: extraPages, countsInstructions } = options
      this.#prepared = prepareModule(blob, { extraPages, maximumPages: pages, countsInstructions })
      this.#module = compileRuntime(new Uint8Array(this.#prepared.wasm))
    } catch (error) {
      if (error instanceof SlowToCompileError) throw new UnrunnableModuleError(error.message)
      throw new UnrunnableModuleError(`V8 refuses the module: ${errorMessage(error)}`)
    }
  }

  /** Why `name` can't be called; null when it can. */
  refusalOf(name: string): string | null {
    this.#entryPoints ??= entryPoints(this.#blob)
    if (this.#entryPoints.has(name)) return null
    const isFunction = this.#blob.exports.some((entry) => entry.name === name && entry.kind === 'function')
    return isFunction
      ? `${name} is not an entry point: it does not take a pointer and a length (i32, i32) and return a pointer-size (i64)`
      : `the runtime exports no function ${name}`
  }

  /** Output bytes, copied. Never throws what the runtime or a host function threw: that is `error`, and the instance is then discarded. */
  run(entryPoint: string, input: Uint8Array, call: HostCall): MachineRun {
    const guest = call.freshInstance ? this.#createGuest() : this.#pooledGuest()
    const run: MachineRun = {
      output: null,
      error: null,
      heapPeakBytes: 0,
      allocations: 0,
      instructions: null,
      host: guest.host,
    }
    guest.host.begin(call)
    if (call.heapFill !== null) guest.fillHeap(call.heapFill)
    try {
      run.output = guest.call(entryPoint, input)
    } catch (error) {
      run.error = { thrown: error }
    }
    run.heapPeakBytes = guest.heapPeakBytes
    run.allocations = guest.core.allocations()
    run.instructions = guest.instructions
    guest.host.end()
    if (call.freshInstance) return run
    if (run.error === null && this.#isReusable(guest)) guest.restore()
    else this.#guest = null
    return run
  }

  #createGuest(): Guest {
    return new Guest(this.#blob, this.#module, this.#prepared, this.#options)
  }

  #pooledGuest(): Guest {
    this.#guest ??= this.#createGuest()
    return this.#guest
  }

  #isReusable(guest: Guest): boolean {
    this.#leavesTraces ??= leavesTraces(this.#blob)
    return !this.#leavesTraces && guest.canRestore
  }
}

/** What one run left behind; `output` is null when it threw. */
export interface MachineRun {
  output: Uint8Array | null
  error: { readonly thrown: unknown } | null
  heapPeakBytes: number
  allocations: number
  /** Null when they were not counted. */
  instructions: number | null
  readonly host: HostContext
}

/** An instance with its memory and helper. */
class Guest {
  readonly host: HostContext
  readonly core: HostCore
  /** False when the module starts with something that `restore` does not bring back. */
  readonly canRestore: boolean
  readonly #exports: WebAssembly.Exports
  readonly #globals: readonly { readonly global: WebAssembly.Global; readonly value: unknown }[]
  readonly #counter: WebAssembly.Global | null
  readonly #heapBase: number
  readonly #dataStart: number
  readonly #data: Uint8Array
  readonly #maxPages: number

  constructor(
    blob: RuntimeBlob,
    module: WebAssembly.Module,
    prepared: PreparedModule,
    options: MachineOptions,
  ) {
    const memory = createMemory(prepared.memory)
    this.#maxPages = prepared.memory.maxPages
    const blsCalls = selectBls12381HostCalls(blob.imports.map((entry) => entry.name))
    this.host = new HostContext(memory, options.services, blsCalls)
    this.core = instantiateHostCore(options.hostCore, this.host, [...options.rows.values()])
    this.host.attachAllocator({
      malloc: (size) => Number(this.core['ext_allocator_malloc_version_1']?.(size)),
      free: (pointer) => void this.core['ext_allocator_free_version_1']?.(pointer),
      giveSome: this.core.give_some,
      setLength: this.core.set_length,
    })
    const imports = bindHostFunctions(blob, this.host, { core: this.core, rows: options.rows })
    const { module: importModule, name: importName } = prepared.memoryImport
    imports[importModule] = { ...imports[importModule], [importName]: memory }
    this.#exports = instantiate(module, imports).exports
    this.#heapBase = readHeapBase(this.#exports, memory)
    this.#globals = prepared.stackGlobals.map((name) => {
      // SAFETY: prepareModule exports these as globals.
      const global = this.#exports[name] as WebAssembly.Global
      return { global, value: global.value }
    })
    const counter = prepared.instructionsGlobal
    // SAFETY: prepareModule exports this as a global.
    this.#counter = counter === null ? null : (this.#exports[counter] as WebAssembly.Global)
    this.#dataStart = Math.min(blob.dataStart, this.#heapBase)
    this.#data = this.host.u8.slice(this.#dataStart, this.#heapBase)
    this.canRestore =
      blob.dataEnd <= this.#heapBase && this.#globals.every(({ value }) => !Number.isNaN(value))
    this.core.reset_heap(this.#heapBase, this.#maxPages)
  }

  get heapPeakBytes(): number {
    return (this.core.heap_end() >>> 0) - (this.core.heap_base() >>> 0)
  }

  /** Executed since the instance was made or restored; null when they are not counted. */
  get instructions(): number | null {
    return this.#counter === null ? null : Number(this.#counter.value)
  }

  call(entryPoint: string, input: Uint8Array): Uint8Array {
    // SAFETY: the caller has checked with `refusalOf` that the blob exports such a function.
    const run = this.#exports[entryPoint] as (pointer: number, length: number) => bigint
    const pointer = this.host.givePointer(input)
    const [start, size] = splitPointerSize(run(pointer, input.length))
    const memoryBytes = this.host.u8.length
    if (size > 0 && start + size > memoryBytes) {
      const message = `${entryPoint} returned bytes ${start}+${size} outside the memory of ${memoryBytes} bytes`
      throw new HostError('trap', message)
    }
    return this.host.bytes(start, size)
  }

  /** As far as calls of blocks get; 1 ms in 5 MiB. */
  fillHeap(byte: number): void {
    this.host.u8.fill(byte, this.#heapBase, this.#heapBase + FILLED_HEAP_BYTES)
  }

  /** Puts back what a call can have changed. */
  restore(): void {
    const u8 = this.host.u8
    u8.fill(0, 0, this.#dataStart)
    u8.set(this.#data, this.#dataStart)
    u8.fill(0, this.#heapBase, this.core.heap_end() >>> 0)
    for (const { global, value } of this.#globals) global.value = value
    if (this.#counter !== null) this.#counter.value = 0n
    this.core.reset_heap(this.#heapBase, this.#maxPages)
  }
}

function createMemory(limits: PreparedModule['memory']): WebAssembly.Memory {
  try {
    return new WebAssembly.Memory({ initial: limits.minPages, maximum: limits.maxPages })
  } catch (error) {
    const message = `a memory of ${limits.minPages} pages cannot be allocated: ${errorMessage(error)}`
    throw new UnrunnableModuleError(message, true)
  }
}

function instantiate(module: WebAssembly.Module, imports: WebAssembly.Imports): WebAssembly.Instance {
  try {
    return new WebAssembly.Instance(module, imports)
  } catch (error) {
    throw new UnrunnableModuleError(`the module can't be instantiated: ${errorMessage(error)}`)
  }
}

function readHeapBase(exports: WebAssembly.Exports, memory: WebAssembly.Memory): number {
  const exported = exports['__heap_base']
  if (!(exported instanceof WebAssembly.Global) || typeof exported.value !== 'number') {
    throw new UnrunnableModuleError('the module does not export the global __heap_base')
  }
  const heapBase = exported.value >>> 0
  if (heapBase > memory.buffer.byteLength) {
    throw new UnrunnableModuleError(
      `__heap_base ${heapBase} is past the memory of ${memory.buffer.byteLength / PAGE_BYTES} pages`,
    )
  }
  return heapBase
}
