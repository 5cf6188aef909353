import { errorMessage } from '../../../harness/base/errors.ts'
import { demangle } from '../../../harness/runtime/panic/demangle.ts'
import {
  ABI_VERSION,
  type ConsensusInput,
  DEFAULT_GAP_BYTES,
  decodeOutput,
  fillBytes,
  type Shape,
} from '../abi/index.ts'
import { FUEL_GLOBAL, FUEL_LIMIT_GLOBAL, type MeteredModule } from '../module/index.ts'
import { BlockImage } from './blockImage.ts'
import type { RunResult, StrayWrite, TrapReason } from './runResult.ts'

export interface RunOptions {
  /** Has to hold the input. */
  readonly shape: Shape
  /** What the bytes are that the ABI leaves open; 0 makes them zero. */
  readonly seed: number
  /** Most instructions, checked at each loop's head and each function's entry. */
  readonly fuelLimit: number
  /** Default 4096. */
  readonly gapBytes?: number
}

interface ConsensusExports {
  readonly memory: WebAssembly.Memory
  readonly abi_version: () => number
  readonly alloc: (size: number) => number
  readonly run: (input: number, output: number, scratch: number) => void
  readonly own_heap?: () => number
}

/** Images that are kept; a campaign uses few shapes. */
const MAX_IMAGES = 64
const PAGE_BYTES = 65_536
const MAX_STACK_NAMES = 12

/**
 * Runs a metered module of ABI 1, each time in a new instance. Nothing of the module is trusted: memory and instructions
 * have limits, and what it leaves in memory that is not its own is held against what was there.
 */
export class ConsensusMachine {
  readonly #metered: MeteredModule
  readonly #module: WebAssembly.Module
  readonly #images = new Map<string, BlockImage>()
  /** Edges of the last run. */
  readonly edges: BigUint64Array

  /** @throws WebAssembly.CompileError when V8 does not take the module. */
  constructor(metered: MeteredModule) {
    this.#metered = metered
    this.#module = new WebAssembly.Module(metered.wasm)
    this.edges = new BigUint64Array(metered.edgeGlobals.length)
  }

  run(input: ConsensusInput, options: RunOptions): RunResult {
    const image = this.#image(options)
    image.encode(input)
    let instance: WebAssembly.Instance
    try {
      instance = new WebAssembly.Instance(this.#module)
    } catch (error) {
      return { kind: 'abiBroken', message: `Instantiation fails: ${errorMessage(error)}`, fuel: 0, pages: 0 }
    }
    const result = new Run(instance, image, options).result(input)
    this.#metered.edgeGlobals.forEach((name, i) => {
      this.edges[i] = BigInt.asUintN(64, globalOf(instance, name).value)
    })
    return result
  }

  #image({ shape, seed, gapBytes = DEFAULT_GAP_BYTES }: RunOptions): BlockImage {
    const key = `${shape.maxN} ${shape.cap} ${gapBytes} ${seed}`
    const known = this.#images.get(key)
    if (known !== undefined) return known
    const image = new BlockImage(shape, gapBytes, seed)
    const oldest = this.#images.keys().next()
    if (this.#images.size >= MAX_IMAGES && oldest.done !== true) this.#images.delete(oldest.value)
    this.#images.set(key, image)
    return image
  }
}

function globalOf(instance: WebAssembly.Instance, name: string): { value: bigint } {
  // SAFETY: the meter exports this name as a mutable i64 global.
  return instance.exports[name] as { value: bigint }
}

/** One run in one instance. */
class Run {
  readonly #instance: WebAssembly.Instance
  readonly #exports: ConsensusExports
  readonly #image: BlockImage
  readonly #options: RunOptions

  constructor(instance: WebAssembly.Instance, image: BlockImage, options: RunOptions) {
    this.#instance = instance
    // SAFETY: `checkModule` has accepted the exports with their signatures.
    this.#exports = instance.exports as unknown as ConsensusExports
    this.#image = image
    this.#options = options
  }

  result(input: ConsensusInput): RunResult {
    let base: number | null
    let ownsHeap: boolean
    this.#setFuel()
    try {
      const version = this.#exports.abi_version()
      if (version !== ABI_VERSION)
        return this.#broken(`\`abi_version\` returns ${version}, not ${ABI_VERSION}.`)
      ownsHeap = this.#exports.own_heap?.() === 1
      base = this.#alloc()
    } catch (error) {
      return this.#broken(`A call before \`run\` fails: ${errorMessage(error)}`)
    }
    const blockBytes = this.#image.layout.sizeBytes
    if (base === null) return { kind: 'noRoom', blockBytes, ...this.#measured() }
    const sizeBefore = this.#exports.memory.buffer.byteLength
    if (base % 16 !== 0 || base + blockBytes > sizeBefore) {
      return this.#broken(
        `\`alloc(${blockBytes})\` returns ${base}, which is not a multiple of 16 inside the memory.`,
      )
    }
    const memory = new Uint8Array(this.#exports.memory.buffer)
    memory.set(this.#image.bytes, base)
    fillBytes(memory.subarray(base + blockBytes), this.#options.seed)
    return this.#call(input, { base, sizeBefore, ownsHeap })
  }

  #call(
    input: ConsensusInput,
    at: { readonly base: number; readonly sizeBefore: number; readonly ownsHeap: boolean },
  ): RunResult {
    const { layout } = this.#image
    this.#setFuel()
    try {
      this.#exports.run(at.base + layout.input, at.base + layout.output, at.base + layout.scratch)
    } catch (error) {
      const measured = this.#measured()
      const limit = this.#options.fuelLimit
      if (measured.fuel > limit) return { kind: 'fuelLimit', limit, ...measured }
      return { kind: 'trapped', ...trapOf(error), ...measured }
    }
    const memory = new Uint8Array(this.#exports.memory.buffer)
    const block = memory.subarray(at.base, at.base + layout.sizeBytes)
    const above = at.ownsHeap ? null : memory.subarray(at.base + layout.sizeBytes, at.sizeBefore)
    const region = block.subarray(layout.output, layout.output + layout.outputLayout.sizeBytes)
    return {
      kind: 'returned',
      output: decodeOutput(region, layout, input),
      strayWrite: this.#strayWrite(block, above),
      ...this.#measured(),
    }
  }

  /** Null when the module has no room, which it may also say by a trap. */
  #alloc(): number | null {
    const { sizeBytes } = this.#image.layout
    try {
      const base = this.#exports.alloc(sizeBytes) >>> 0
      return base === 0 ? null : base
    } catch (error) {
      if (error instanceof WebAssembly.RuntimeError) return null
      throw error
    }
  }

  #strayWrite(block: Uint8Array, above: Uint8Array | null): StrayWrite | null {
    const inInput = this.#image.differsAt(block, this.#image.input)
    if (inInput >= 0) return { where: 'the input', offset: inInput }
    for (const gap of this.#image.gaps) {
      const offset = this.#image.differsAt(block, gap)
      if (offset >= 0) return { where: 'a gap between regions', offset }
    }
    if (above === null) return null
    const was = new Uint8Array(above.length)
    fillBytes(was, this.#options.seed)
    if (Buffer.compare(was, above) === 0) return null
    return { where: 'memory above the block', offset: above.findIndex((byte, at) => byte !== was[at]) }
  }

  #setFuel(): void {
    globalOf(this.#instance, FUEL_GLOBAL).value = 0n
    globalOf(this.#instance, FUEL_LIMIT_GLOBAL).value = BigInt(this.#options.fuelLimit)
  }

  #measured(): { readonly fuel: number; readonly pages: number } {
    return {
      fuel: Number(globalOf(this.#instance, FUEL_GLOBAL).value),
      pages: this.#exports.memory.buffer.byteLength / PAGE_BYTES,
    }
  }

  #broken(message: string): RunResult {
    return { kind: 'abiBroken', message, ...this.#measured() }
  }
}

const REASONS: readonly (readonly [RegExp, TrapReason])[] = [
  [/^unreachable/, 'unreachable'],
  [/divide by zero|remainder by zero/, 'division by zero'],
  [/divide result unrepresentable/, 'integer overflow'],
  [/out of bounds/, 'out of bounds'],
  [/call stack/i, 'stack exhausted'],
]

/** V8 puts the module's own name before that of a function; one without a name has its index. */
const FRAME = /^\s+at (?:(?:\S*\.wasm\.)?(\S+) \(wasm:|wasm:\S*:wasm-function\[(\d+)\])/

function trapOf(error: unknown): {
  readonly reason: TrapReason
  readonly message: string
  readonly stack: readonly string[]
} {
  const message = errorMessage(error)
  const reason = REASONS.find(([pattern]) => pattern.test(message))?.[1] ?? 'other'
  const frames = error instanceof Error ? (error.stack ?? '').split('\n') : []
  const stack = frames.flatMap((frame) => {
    const found = FRAME.exec(frame)
    return found === null ? [] : [found[1] === undefined ? `function ${found[2]}` : demangle(found[1])]
  })
  return { reason, message, stack: stack.slice(0, MAX_STACK_NAMES) }
}
