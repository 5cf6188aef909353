import { describe, expect, it } from 'vitest'
import wabt from 'wabt'
import { findFloatInstructions } from './findFloatInstructions.ts'
import { parseRuntimeBlob } from './runtimeBlob.ts'

const tools = await wabt()

function floatsOf(body: string, features = {}) {
  const wat = `(module (import "env" "memory" (memory 1)) (import "env" "host" (func)) (table 2 funcref) (type $t (func))
    (func $clean (param i32) (drop (i64.const -9))) (func $f (param i32 i64 f32 f64) (local f32) ${body}))`
  return findFloatInstructions(
    parseRuntimeBlob(tools.parseWat('test.wat', wat, features).toBinary({}).buffer),
  )
}

describe('findFloatInstructions', () => {
  it('counts by function, in the index space that starts with imports', () => {
    const body =
      '(drop (f32.add (f32.load (i32.const 0)) (f32.const 1))) (f64.store (i32.const 8) (f64.const 2))'
    expect(floatsOf(body)).toEqual([{ functionIndex: 2, instructions: 5 }])
  })

  it.each([
    'f32.neg (local.get 2)',
    'f64.eq (local.get 3) (local.get 3)',
    'i32.trunc_f32_s (local.get 2)',
    'i64.trunc_sat_f64_u (local.get 3)',
    'f64.promote_f32 (local.get 2)',
    'i64.reinterpret_f64 (local.get 3)',
  ])('sees %s', (instruction) => {
    expect(floatsOf(`(drop (${instruction}))`, { sat_float_to_int: true })).toHaveLength(1)
  })

  it('walks over all other instructions', () => {
    const body = `(block (loop (br_if 1 (i32.eqz (local.get 0)))
      (if (result i32) (i32.const 1) (then (i32.const -70000)) (else (memory.grow (i32.const 0)))) drop
      (br_table 0 1 (local.get 0))))
      (call $clean (i32.wrap_i64 (i64.extend32_s (local.get 1)))) (call_indirect (type $t) (local.get 0))
      (memory.copy (i32.const 0) (i32.const 1) (i32.const 2)) (memory.fill (i32.const 0) (i32.const 1) (i32.const 2))
      (drop (i64.const 0x8000000000000000)) (drop (select (local.get 0) (memory.size) (i32.const 3)))
      (i64.store16 offset=300 (i32.const 0) (local.get 1)) (return)`
    expect(floatsOf(body, { bulk_memory: true, sign_extension: true })).toEqual([])
  })

  it('names SIMD in the code', () => {
    expect(() => floatsOf('(drop (v128.const i32x4 1 2 3 4))', { simd: true })).toThrow(/SIMD/)
  })
})
