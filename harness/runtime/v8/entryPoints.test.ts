import { expect, it } from 'vitest'
import { parseRuntimeBlob } from '../blob/index.ts'
import { assemble } from '../host/hostScript.testkit.ts'
import { entryPoints } from './entryPoints.ts'

it('are the exported functions from (i32, i32) to i64, imported ones too', async () => {
  const wasm = await assemble(`(module
    (import "env" "memory" (memory 1))
    (import "env" "imported" (func $imported (param i32 i32) (result i64)))
    (import "env" "other" (func $other (param i64)))
    (global (export "global") i32 (i32.const 0))
    (export "again" (func $imported))
    (export "wrong import" (func $other))
    (func (export "entry") (param i32 i32) (result i64) (i64.const 0))
    (func (export "no result") (param i32 i32))
    (func (export "i32 result") (param i32 i32) (result i32) (i32.const 0))
    (func (export "one parameter") (param i32) (result i64) (i64.const 0))
    (func (export "three parameters") (param i32 i32 i32) (result i64) (i64.const 0))
    (func (export "i64 parameters") (param i64 i32) (result i64) (i64.const 0))
    (func (export "second entry") (param i32 i32) (result i64) (i64.const 0)))`)
  expect([...entryPoints(parseRuntimeBlob(wasm))].sort()).toEqual(['again', 'entry', 'second entry'])
})

it('are none in a module without functions', async () => {
  expect(entryPoints(parseRuntimeBlob(await assemble('(module (memory (export "entry") 1))'))).size).toBe(0)
})
