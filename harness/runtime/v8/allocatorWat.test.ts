import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { HOST_FUNCTIONS } from '../host/hostFunctions.ts'
import { AllocatorModel } from './allocatorModel.testkit.ts'
import { HOST_CORE_WASM } from './hostCoreWasm.ts'
import { hasShim } from './hostCoreWat.ts'

const PAGE_BYTES = 65_536
const MIB = 1024 * 1024
const helper = new WebAssembly.Module(Buffer.from(HOST_CORE_WASM, 'base64'))

type HelperExports = Readonly<Record<string, (...args: number[]) => number>>

interface Heap {
  readonly base: number
  readonly pages: number
  readonly maxPages: number
}

/** The allocator of the helper module over a memory of its own; `malloc` and `free` answer the code of their error. */
class WasmAllocator {
  readonly memory: WebAssembly.Memory
  readonly #exports: HelperExports
  #error = 0

  constructor({ base, pages, maxPages }: Heap) {
    this.memory = new WebAssembly.Memory({ initial: pages, maximum: Math.max(pages, maxPages) })
    const js: Record<string, () => void> = {
      allocator_error: (...codes: number[]) => {
        this.#error = codes[0] ?? -1
      },
    }
    for (const row of HOST_FUNCTIONS) if (hasShim(row)) js[row.name] = () => {}
    const { exports } = new WebAssembly.Instance(helper, { env: { memory: this.memory }, js })
    // SAFETY: the allocator's exports take and give numbers only.
    this.#exports = exports as HelperExports
    this.#exports['reset_heap']?.(base, maxPages)
  }

  malloc(size: number): number | string {
    return this.#guard(() => (this.#exports['ext_allocator_malloc_version_1']?.(size) ?? 0) >>> 0)
  }

  free(pointer: number): number | string {
    return this.#guard(() => this.#exports['ext_allocator_free_version_1']?.(pointer) ?? 0)
  }

  get end(): number {
    return (this.#exports['heap_end']?.() ?? 0) >>> 0
  }

  get allocations(): number {
    return this.#exports['allocations']?.() ?? 0
  }

  get pages(): number {
    return this.memory.buffer.byteLength / PAGE_BYTES
  }

  header(pointer: number): DataView {
    return new DataView(this.memory.buffer, pointer - 8, 8)
  }

  #guard(action: () => number): number | string {
    this.#error = 0
    try {
      return action()
    } catch {
      return `error ${this.#error}`
    }
  }
}

const ERRORS = { 'too large': 'error 1', 'out of space': 'error 3' } as const

describe('allocator', () => {
  it('puts chunks where freeing_bump.rs does, and grows the memory as it does', () => {
    const sizes = fc.oneof(
      { weight: 6, arbitrary: fc.nat(300) },
      { weight: 2, arbitrary: fc.nat(PAGE_BYTES * 3) },
      { weight: 1, arbitrary: fc.constantFrom(0, 1, 7, 8, 9, 16, 17, 4 * MIB, 32 * MIB, 32 * MIB + 1) },
    )
    const steps = fc.oneof(fc.record({ size: sizes }), fc.record({ which: fc.nat() }))
    const heaps = fc
      .tuple(fc.nat(PAGE_BYTES), fc.integer({ min: 1, max: 4 }), fc.nat(30))
      .map(([base, pages, more]): Heap => ({ base, pages, maxPages: pages + more }))
    fc.assert(
      fc.property(heaps, fc.array(steps, { maxLength: 80 }), (heap, script) => {
        const wasm = new WasmAllocator(heap)
        const model = new AllocatorModel(heap.base, heap)
        const live: number[] = []
        for (const step of script) {
          if ('size' in step) {
            const expected = model.malloc(step.size)
            expect(wasm.malloc(step.size)).toBe(typeof expected === 'number' ? expected : ERRORS[expected])
            if (typeof expected === 'number') live.push(expected)
            else break
          } else if (live.length > 0) {
            const [pointer = 0] = live.splice(step.which % live.length, 1)
            expect([model.free(pointer), wasm.free(pointer)]).toEqual([true, 0])
          }
        }
        expect([wasm.end, wasm.pages]).toEqual([model.end, model.pages])
      }),
      { seed: 1, numRuns: 400 },
    )
  })

  it('gives up to 32 MiB at once and no more', () => {
    const wasm = new WasmAllocator({ base: 1024, pages: 1, maxPages: 2000 })
    expect(wasm.malloc(32 * MIB)).toBe(1032)
    expect(wasm.end).toBe(1024 + 8 + 32 * MIB)
    expect(wasm.malloc(32 * MIB + 1)).toBe('error 1')
    expect(wasm.malloc(-1)).toBe('error 1')
    expect(wasm.allocations).toBe(3)
  })

  it('writes headers as a node does, and marks only bit 32', () => {
    const wasm = new WasmAllocator({ base: 0, pages: 1, maxPages: 1 })
    const [a, b] = [Number(wasm.malloc(9)), Number(wasm.malloc(9))]
    expect(wasm.header(a).getBigUint64(0, true)).toBe(0x1_0000_0001n)
    wasm.free(a)
    expect(wasm.header(a).getBigUint64(0, true)).toBe(0xffff_ffffn)
    wasm.free(b)
    expect(wasm.header(b).getBigUint64(0, true)).toBe(BigInt(a - 8))
    expect([wasm.malloc(16), wasm.malloc(16)]).toEqual([b, a])
  })

  it('frees a chunk whose header a newer runtime has tagged in byte 7', () => {
    const wasm = new WasmAllocator({ base: 0, pages: 1, maxPages: 1 })
    const pointer = Number(wasm.malloc(100))
    wasm.header(pointer).setUint8(7, 0x80)
    expect(wasm.free(pointer)).toBe(0)
    expect(wasm.malloc(100)).toBe(pointer)
  })

  it.each([
    ['below the first header', 7],
    ['past the memory', PAGE_BYTES + 8],
    ['at the top of the address space', -1],
    ['nothing', 0],
    ['a place that was never given out', 4096],
  ])('refuses to free %s', (_, pointer) => {
    const wasm = new WasmAllocator({ base: 0, pages: 1, maxPages: 1 })
    wasm.malloc(8)
    expect(wasm.free(pointer)).toBe('error 5')
  })

  it('refuses to free twice, and an order that does not exist', () => {
    const wasm = new WasmAllocator({ base: 0, pages: 1, maxPages: 1 })
    const pointer = Number(wasm.malloc(8))
    wasm.free(pointer)
    expect(wasm.free(pointer)).toBe('error 5')
    const other = Number(wasm.malloc(64))
    wasm.header(other).setUint32(0, 23, true)
    expect(wasm.free(other)).toBe('error 5')
  })

  it('sees that a guest has overwritten a free chunk', () => {
    const occupied = new WasmAllocator({ base: 0, pages: 1, maxPages: 1 })
    const pointer = Number(occupied.malloc(8))
    occupied.free(pointer)
    occupied.header(pointer).setUint8(4, 1)
    expect(occupied.malloc(8)).toBe('error 2')
    const astray = new WasmAllocator({ base: 0, pages: 1, maxPages: 1 })
    const [a, b] = [Number(astray.malloc(8)), Number(astray.malloc(8))]
    astray.free(a)
    astray.free(b)
    astray.header(b).setUint32(0, 0xffff_0000, true)
    expect([astray.malloc(8), astray.malloc(8)]).toEqual([b, 'error 6'])
  })

  it('runs out where the memory ends when it may not grow', () => {
    const wasm = new WasmAllocator({ base: PAGE_BYTES - 32, pages: 1, maxPages: 1 })
    expect([wasm.malloc(8), wasm.malloc(8), wasm.malloc(8)]).toEqual([
      PAGE_BYTES - 24,
      PAGE_BYTES - 8,
      'error 3',
    ])
  })

  it('starts a heap base that is not aligned at the next multiple of 8', () => {
    expect(new WasmAllocator({ base: 1021, pages: 1, maxPages: 1 }).malloc(1)).toBe(1032)
  })
})
