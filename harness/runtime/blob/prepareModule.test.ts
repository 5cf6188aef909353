import { describe, expect, it } from 'vitest'
import wabt from 'wabt'
import { concatBytes } from '../../base/bytes.ts'
import { prepareModule } from './prepareModule.ts'
import { parseRuntimeBlob } from './runtimeBlob.ts'

const tools = await wabt()
const PAGES = { extraPages: 3, maximumPages: 100 }

function blobOf(wat: string) {
  return parseRuntimeBlob(tools.parseWat('test.wat', wat).toBinary({ write_debug_names: true }).buffer)
}

function instantiate(wasm: Uint8Array, imports: WebAssembly.Imports): WebAssembly.Instance {
  return new WebAssembly.Instance(new WebAssembly.Module(new Uint8Array(wasm)), imports)
}

function call(exports: WebAssembly.Exports, name: string): void {
  const entry = exports[name]
  if (typeof entry !== 'function') throw new Error(`no export ${name}`)
  entry()
}

describe('prepareModule', () => {
  it('exports every mutable global, so that a trap can be undone', () => {
    const blob = blobOf(`(module
      (import "env" "memory" (memory 1))
      (global $a (mut i32) (i32.const 1)) (global $fixed i32 (i32.const 9)) (global $b (mut i64) (i64.const 2))
      (global $c (mut f32) (f32.const 0.5)) (global $d (mut f64) (f64.const 0.25))
      (func (export "spoil") (global.set $a (i32.const 7)) (global.set $b (i64.const -7)) unreachable))`)
    const prepared = prepareModule(blob, PAGES)
    expect(prepared.stackGlobals).toEqual([0, 2, 3, 4].map((index) => `__drydock_global_${index}`))
    const memory = new WebAssembly.Memory({
      initial: prepared.memory.minPages,
      maximum: prepared.memory.maxPages,
    })
    const { exports } = instantiate(prepared.wasm, { env: { memory } })
    const globals = prepared.stackGlobals.flatMap((name) => {
      const global = exports[name]
      return global instanceof WebAssembly.Global ? [global] : []
    })
    const before = globals.map((global) => global.value)
    expect(before).toEqual([1, 2n, 0.5, 0.25])
    expect(() => call(exports, 'spoil')).toThrow(WebAssembly.RuntimeError)
    expect(globals[1]?.value).toBe(-7n)
    globals.forEach((global, i) => {
      global.value = before[i]
    })
    expect(globals.map((global) => global.value)).toEqual(before)
  })

  it('makes an own memory an import, keeps its export, its data and every index', () => {
    const blob = blobOf(`(module
      (import "env" "host" (func $host (param i32)))
      (memory (export "memory") 2 5)
      (global $__stack_pointer (mut i32) (i32.const 64))
      (data (i32.const 8) "hello")
      (func $inner (call $host (i32.load8_u (i32.const 8))))
      (func (export "run") (call $inner)))`)
    const prepared = prepareModule(blob, PAGES)
    expect(prepared.memory).toEqual({ minPages: 5, maxPages: 100 })
    expect(prepared.memoryImport).toMatchObject({ module: 'env', name: 'memory' })
    const memory = new WebAssembly.Memory({ initial: 5, maximum: 100 })
    const seen: number[] = []
    const host = (byte: number) => seen.push(byte)
    const { exports } = instantiate(prepared.wasm, { env: { memory, host } })
    call(exports, 'run')
    expect(seen).toEqual([104])
    expect(exports['memory']).toBe(memory)
    const again = parseRuntimeBlob(prepared.wasm)
    expect([0, 1, 2].map((i) => again.functionName(i))).toEqual([0, 1, 2].map((i) => blob.functionName(i)))
  })

  it('adds the import and export sections that a module lacks', () => {
    const blob = blobOf(
      '(module (memory 1) (global (mut i32) (i32.const 4)) (func $f) (table 1 funcref) (elem (i32.const 0) $f))',
    )
    const prepared = prepareModule(blob, PAGES)
    const memory = new WebAssembly.Memory({ initial: 4, maximum: 100 })
    const { exports } = instantiate(prepared.wasm, { env: { memory } })
    expect(Object.keys(exports)).toEqual(['__drydock_global_0'])
  })

  it('drops the maximum that an imported memory declares, as a node does', () => {
    const blob = blobOf(`(module
      (import "env" "f" (func)) (import "env" "t" (table 1 2 funcref)) (import "env" "g" (global i32))
      (import "env" "memory" (memory 2 3)) (import "env" "h" (func)))`)
    const prepared = prepareModule(blob, PAGES)
    expect(parseRuntimeBlob(prepared.wasm).memory.maxPages).toBeNull()
    expect(parseRuntimeBlob(prepared.wasm).imports).toEqual(blob.imports)
    const env = {
      f: () => {},
      h: () => {},
      g: new WebAssembly.Global({ value: 'i32' }, 1),
      t: new WebAssembly.Table({ element: 'anyfunc', initial: 1, maximum: 2 }),
      memory: new WebAssembly.Memory({ initial: 5, maximum: 100 }),
    }
    expect(() => instantiate(prepared.wasm, { env })).not.toThrow()
  })

  it('leaves a module alone when there is nothing to do', () => {
    const blob = blobOf('(module (import "env" "memory" (memory 1)) (func (export "f")))')
    expect(prepareModule(blob, PAGES).wasm).toBe(blob.wasm)
  })

  it('keeps all other bytes', () => {
    const blob = blobOf(
      '(module (import "env" "memory" (memory 1)) (global (mut i32) (i32.const 4)) (func (export "f")))',
    )
    const prepared = prepareModule(blob, PAGES)
    const again = parseRuntimeBlob(prepared.wasm)
    expect(again.customSection('name')).toEqual(blob.customSection('name'))
    expect(again.exports.slice(0, -1)).toEqual(blob.exports)
    expect(again.exports.at(-1)).toEqual({ name: '__drydock_global_0', kind: 'global', index: 0 })
  })

  it('caps the pages, and refuses a module that needs more', () => {
    const blob = blobOf('(module (import "env" "memory" (memory 40)))')
    expect(prepareModule(blob, { extraPages: 90, maximumPages: 100 }).memory).toEqual({
      minPages: 100,
      maxPages: 100,
    })
    expect(() => prepareModule(blob, { extraPages: 0, maximumPages: 39 })).toThrow(
      /40 pages of 64 KiB, limit 39/,
    )
  })

  it('refuses an export that has our name', () => {
    const wat =
      '(module (memory 1) (global $g (mut i32) (i32.const 1)) (export "__drydock_global_0" (global $g)))'
    expect(() => prepareModule(blobOf(wat), PAGES)).toThrow(/__drydock_global_0 is in the way/)
  })

  it('takes a module of 8 MiB in a few milliseconds', () => {
    const { wasm } = blobOf('(module (memory 1) (global (mut i32) (i32.const 4)) (func (export "f")))')
    const padding = new Uint8Array(8 * 1024 * 1024)
    // A custom section of 8 MiB: id, size as a five-byte LEB, a name of no bytes.
    padding.set([0, ...[0, 7, 14, 21].map((shift) => (((padding.length - 6) >> shift) & 0x7f) | 0x80), 0, 0])
    const blob = parseRuntimeBlob(concatBytes(wasm, padding))
    const start = performance.now()
    prepareModule(blob, PAGES)
    expect(performance.now() - start).toBeLessThan(500)
  })
})
