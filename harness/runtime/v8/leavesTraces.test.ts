import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { parseRuntimeBlob } from '../blob/index.ts'
import { assemble } from '../host/hostScript.testkit.ts'
import { leavesTraces } from './leavesTraces.ts'

async function leaves(body: string): Promise<boolean> {
  const wasm = await assemble(`(module
    (memory 1)
    (table $t 4 funcref)
    (type $entry (func (param i32 i32) (result i64)))
    (global $g (mut i64) (i64.const 0))
    (elem $e func $idle)
    (elem (i32.const 0) $idle)
    (data $d "passive")
    (data (i32.const 0) "active")
    (func $idle)
    (func $with (param i32 i64) (local f32 f64 i32) (local i64) ${body})
    (func (export "last") (param i32 i32) (result i64) (i64.const 0)))`)
  return leavesTraces(parseRuntimeBlob(wasm))
}

const ZEROS = '(i32.const 0) (i32.const 0) (i32.const 0)'

describe('leavesTraces', () => {
  it.each([
    ['table.set', '(table.set $t (i32.const 0) (ref.null func))'],
    ['table.grow', '(drop (table.grow $t (ref.null func) (i32.const 1)))'],
    ['table.fill', '(table.fill $t (i32.const 0) (ref.null func) (i32.const 0))'],
    ['table.copy', `(table.copy $t $t ${ZEROS})`],
    ['table.init', `(table.init $t $e ${ZEROS})`],
    ['elem.drop', '(elem.drop $e)'],
    ['memory.init', `(memory.init $d ${ZEROS})`],
    ['data.drop', '(data.drop $d)'],
  ])('sees %s, behind whatever else', async (_, instruction) => {
    expect(await leaves(instruction)).toBe(true)
    expect(await leaves(`${INNOCENT} ${instruction}`)).toBe(true)
  })

  it('passes what a snapshot brings back', async () => {
    expect(await leaves(INNOCENT)).toBe(false)
    expect(
      await leaves(`(memory.copy ${ZEROS}) (memory.fill ${ZEROS}) (drop (memory.grow (i32.const 1)))`),
    ).toBe(false)
    expect(await leaves('(drop (table.get $t (i32.const 0))) (drop (table.size $t))')).toBe(false)
  })

  it('passes a module without code, and the miniature runtime', async () => {
    expect(leavesTraces(parseRuntimeBlob(await assemble('(module (memory 1))')))).toBe(false)
    const file = '../../../scenarios/demo/runtime/blobs/v1.compact.compressed.wasm'
    const blob = parseRuntimeBlob(readFileSync(new URL(file, import.meta.url)))
    expect(leavesTraces(blob)).toBe(false)
  })

  it('reports instructions that it does not know', async () => {
    const wasm = await assemble('(module (memory 1) (func (drop (i32.extend8_s (i32.const 1)))))')
    const at = wasm.lastIndexOf(0xc0)
    wasm[at] = 0x06
    expect(leavesTraces(parseRuntimeBlob(wasm))).toBe(true)
  })
})

/** Every kind of immediate, with bytes in them that look like the instructions above. */
const INNOCENT = `
  (local.set 0 (i32.const 0x26fc0926))
  (local.set 1 (i64.const 0x26fc0c26fc0e2626))
  (local.set 2 (f32.const 0x1.4df812p+77))
  (local.set 3 (f64.const 0x1.4df8124df812p+77))
  (global.set $g (i64.load offset=0x26fc (local.get 0)))
  (i64.store offset=0x26fc09 align=1 (i32.const 38) (i64.const 38))
  (drop (i32.trunc_sat_f32_s (local.get 2)))
  (drop (select (result i32) (i32.const 1) (i32.const 2) (i32.const 3)))
  (drop (select (i32.const 1) (i32.const 2) (i32.const 3)))
  (drop (ref.is_null (ref.func $idle)))
  (drop (i32.extend8_s (memory.size)))
  (block (result i32) (loop (result i32) (if (result i32) (i32.const 0) (then (i32.const 38)) (else (i32.const 38)))))
  (drop)
  (block (block (block (br_table 0 1 2 0 1 2 (local.get 0)))))
  (block (br_if 0 (local.get 0)) (br 0))
  (if (local.get 0) (then (return)))
  (call $idle)
  (drop (call_indirect (type $entry) (i32.const 0) (i32.const 0) (i32.const 1)))`
