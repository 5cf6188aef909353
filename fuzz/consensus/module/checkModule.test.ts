import { describe, expect, it } from 'vitest'
import { textModule } from '../machine/textModule.testkit.ts'
import { checkModule, MAX_MODULE_BYTES } from './checkModule.ts'

const problems = (wasm: Uint8Array) =>
  checkModule(wasm).problems.map(({ rule, message }) => `${rule}: ${message}`)
const kind = (wasm: Uint8Array) => checkModule(wasm).kind

describe('checkModule', () => {
  it('accepts a module that keeps the rules, with bulk memory and sign extension', () => {
    const wasm = textModule({
      run: '(memory.fill (local.get $output) (i32.const 0) (i32.const 8)) (drop (i32.extend8_s (local.get $input)))',
      more: '(func (export "own_heap") (result i32) (i32.const 1))',
    })
    expect(problems(wasm)).toEqual([])
    expect(kind(wasm)).toBe('accepted')
  })

  it.each([
    [
      'a float constant',
      { run: '(drop (f64.const 1))' },
      'integers: function 2 has a floating-point instruction at byte',
    ],
    ['a float local', { run: '(local f32)' }, 'integers: function 2 has a local that is not an integer.'],
    ['a float parameter', { more: '(type (func (param f64)))' }, 'integers: A function or global has a type'],
    ['a float load', { run: '(drop (f32.load (i32.const 0)))' }, 'integers: function 2 has a floating'],
    [
      'a vector',
      { run: '(drop (v128.const i32x4 0 0 0 0))' },
      'instructions: The module uses what ABI 1 does not have',
    ],
    ['an import', { more: '(import "env" "log" (func))' }, 'imports: The module imports something'],
    [
      'no memory',
      { memory: '', alloc: '(i32.const 0)' },
      'memory: The module defines 0 memories; it needs one.',
    ],
    ['a memory kept to itself', { memory: '(memory 1)' }, 'exports: The module does not export its memory'],
    [
      'an own_heap of another type',
      { more: '(func (export "own_heap") (result i64) (i64.const 1))' },
      'exports: The export `own_heap` is not the function `own_heap() -> i32`.',
    ],
    [
      'data.drop',
      { run: '(data.drop 0)', more: '(data "a")' },
      'instructions: function 2 has an instruction',
    ],
  ])('refuses %s', (_, parts, message) => {
    const wasm = textModule(parts)
    expect(kind(wasm)).toBe('refused')
    expect(problems(wasm)).toContainEqual(expect.stringContaining(message))
  })

  it('refuses a module without `alloc`, and what is not a module', () => {
    expect(problems(new Uint8Array([0, 0x61, 0x73, 0x6d, 1, 0, 0, 0]))).toContainEqual(
      expect.stringContaining('memory: The module defines 0'),
    )
    expect(problems(new Uint8Array([1, 2, 3]))).toEqual([
      'format: The file is not a valid WebAssembly module.',
    ])
  })

  it('takes a module of the largest size, and none a byte larger', () => {
    const small = textModule()
    const padded = (size: number) => {
      const content = size - small.length - 4
      const wasm = new Uint8Array(size)
      wasm.set(small)
      // A custom section without a name; its size takes three bytes.
      wasm.set([0, (content & 0x7f) | 0x80, ((content >> 7) & 0x7f) | 0x80, content >> 14], small.length)
      return wasm
    }
    expect(kind(padded(MAX_MODULE_BYTES))).toBe('accepted')
    expect(problems(padded(MAX_MODULE_BYTES + 1))[0]).toMatch(/^size: /)
  })

  it('names a way of calls that leads back, and runs the module all the same', () => {
    const wasm = textModule({
      more: '(func $a (call $b)) (func $b (call $c)) (func $c (call $a)) (func $leaf) (func $d (call $leaf))',
    })
    const checked = checkModule(wasm)
    expect(checked.kind).toBe('accepted')
    expect(checked.problems.map(({ rule }) => rule)).toEqual(['recursion', 'recursion', 'recursion'])
    expect(checked.problems[0]?.message).toMatch(/function 0 > function 1 > function 2 > function 0/)
  })

  it('reports an indirect call, and runs the module all the same', () => {
    const wasm = textModule({
      more: '(type $f (func)) (table 1 funcref) (func $a) (elem (i32.const 0) $a) (func (call_indirect (type $f) (i32.const 0)))',
    })
    expect(kind(wasm)).toBe('accepted')
    expect(checkModule(wasm).problems.map(({ rule }) => rule)).toEqual(['indirect'])
  })
})
