import { expect, it } from 'vitest'
import { HOST_FUNCTIONS } from '../host/hostFunctions.ts'
import { compileHostCore } from './buildHostCore.ts'
import { HOST_CORE_WASM } from './hostCoreWasm.ts'
import { CORE_HOST_FUNCTIONS, hasShim } from './hostCoreWat.ts'

it('the helper module is what its source compiles to', async () => {
  expect(await compileHostCore(), 'run `tsx harness/runtime/v8/buildHostCore.ts`').toBe(HOST_CORE_WASM)
})

it('the helper module has a shim or a body for each host function that passes a pointer-size', () => {
  const module = new WebAssembly.Module(Buffer.from(HOST_CORE_WASM, 'base64'))
  const exported = WebAssembly.Module.exports(module).map((entry) => entry.name)
  const shims = HOST_FUNCTIONS.filter(hasShim).map((row) => row.name)
  const own = ['give_some', 'set_length', 'reset_heap', 'heap_base', 'heap_end', 'allocations']
  expect([...exported].sort()).toEqual([...shims, ...CORE_HOST_FUNCTIONS, ...own].sort())
  const imported = WebAssembly.Module.imports(module).map((entry) => entry.name)
  expect([...imported].sort()).toEqual([...shims, 'allocator_error', 'memory'].sort())
})

it('host functions have names of their own', () => {
  expect(new Set(HOST_FUNCTIONS.map((row) => row.name)).size).toBe(HOST_FUNCTIONS.length)
})
