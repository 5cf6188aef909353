import { errorMessage } from '../../base/errors.ts'
import { type PreparedModule, prepareModule, type RuntimeBlob } from '../blob/index.ts'
import type { HostCall, HostContext } from '../host/hostContext.ts'
import { assertCompilable, SlowToCompileError } from './assertCompilable.ts'
import { compileRuntime } from './compileRuntime.ts'
import { entryPoints } from './entryPoints.ts'
import { Guest, type GuestOptions } from './guest.ts'
import { leavesTraces } from './leavesTraces.ts'
import { UnrunnableModuleError } from './unrunnableModuleError.ts'

const MAX_PAGES = 65_536

export interface CompiledRuntimeOptions extends GuestOptions {
  /** Pages of 64 KiB above the module's minimum; the memory never grows past it, as on a node. */
  readonly heapPages: number
  readonly countsInstructions: boolean
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
export class CompiledRuntime {
  readonly #options: CompiledRuntimeOptions
  readonly #blob: RuntimeBlob
  readonly #prepared: PreparedModule
  readonly #module: WebAssembly.Module
  #entryPoints: ReadonlySet<string> | null = null
  #leavesTraces: boolean | null = null
  #guest: Guest | null = null

  /** Compiles; throws `UnrunnableModuleError` for what V8 or a node would refuse. */
  constructor(blob: RuntimeBlob, options: CompiledRuntimeOptions) {
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
  run(entryPoint: string, input: Uint8Array, call: HostCall): RuntimeRun {
    const guest = call.freshInstance ? this.#createGuest() : this.#pooledGuest()
    const run: RuntimeRun = {
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
export interface RuntimeRun {
  output: Uint8Array | null
  error: { readonly thrown: unknown } | null
  heapPeakBytes: number
  allocations: number
  /** Null when they were not counted. */
  instructions: number | null
  readonly host: HostContext
}
