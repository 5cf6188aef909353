import { errorMessage } from '../../base/errors.ts'
import type { PreparedModule, RuntimeBlob } from '../blob/index.ts'
import { selectBls12381HostCalls } from '../crypto/bls/bls12381HostCalls.ts'
import { HostContext, type HostServices } from '../host/hostContext.ts'
import { HostError } from '../host/hostError.ts'
import type { HostFunction } from '../host/hostFunction.ts'
import { bindHostFunctions, type HostCore, instantiateHostCore, splitPointerSize } from './hostImports.ts'
import { UnrunnableModuleError } from './unrunnableModuleError.ts'

const PAGE_BYTES = 65_536
const FILLED_HEAP_BYTES = 32 * 1024 * 1024

/** What instances of every runtime share. */
export interface GuestOptions {
  readonly services: HostServices
  readonly rows: ReadonlyMap<string, HostFunction>
  readonly hostCore: WebAssembly.Module
  /** Most pages that the heap may end in. Default: all of the memory. */
  readonly heapEndPages?: number
}

/** An instance with its memory and helper. */
export class Guest {
  readonly host: HostContext
  readonly core: HostCore
  /** False when the module starts with something that `restore` does not bring back. */
  readonly canRestore: boolean
  readonly exports: WebAssembly.Exports
  readonly #globals: readonly { readonly global: WebAssembly.Global; readonly value: unknown }[]
  readonly #counter: WebAssembly.Global | null
  readonly heapBase: number
  readonly #dataStart: number
  readonly #data: Uint8Array
  readonly #maxPages: number

  constructor(
    blob: RuntimeBlob,
    module: WebAssembly.Module,
    prepared: PreparedModule,
    options: GuestOptions,
  ) {
    const memory = createMemory(prepared.memory)
    this.#maxPages = options.heapEndPages ?? prepared.memory.maxPages
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
    this.exports = instantiate(module, imports).exports
    this.heapBase = readHeapBase(this.exports, memory)
    this.#globals = prepared.stackGlobals.map((name) => {
      // SAFETY: prepareModule exports these as globals.
      const global = this.exports[name] as WebAssembly.Global
      return { global, value: global.value }
    })
    const counter = prepared.instructionsGlobal
    // SAFETY: prepareModule exports this as a global.
    this.#counter = counter === null ? null : (this.exports[counter] as WebAssembly.Global)
    this.#dataStart = Math.min(blob.dataStart, this.heapBase)
    this.#data = this.host.u8.slice(this.#dataStart, this.heapBase)
    this.canRestore =
      blob.dataEnd <= this.heapBase && this.#globals.every(({ value }) => !Number.isNaN(value))
    this.core.reset_heap(this.heapBase, this.#maxPages)
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
    const run = this.exports[entryPoint] as (pointer: number, length: number) => bigint
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
    this.host.u8.fill(byte, this.heapBase, this.heapBase + FILLED_HEAP_BYTES)
  }

  /** Puts back what a call can have changed. */
  restore(): void {
    const u8 = this.host.u8
    u8.fill(0, 0, this.#dataStart)
    u8.set(this.#data, this.#dataStart)
    this.restoreHeap()
  }

  /** Puts back all but stack and static data, which the caller sees to. */
  restoreHeap(): void {
    const u8 = this.host.u8
    u8.fill(0, this.heapBase, this.core.heap_end() >>> 0)
    for (const { global, value } of this.#globals) global.value = value
    if (this.#counter !== null) this.#counter.value = 0n
    this.core.reset_heap(this.heapBase, this.#maxPages)
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
