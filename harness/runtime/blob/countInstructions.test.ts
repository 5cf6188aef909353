import { describe, expect, it } from 'vitest'
import wabt from 'wabt'
import { prepareModule } from './prepareModule.ts'
import { parseRuntimeBlob } from './runtimeBlob.ts'

const tools = await wabt()

/** Calls `run(x)` of a module with `body` in it; what it gave, and how many instructions were counted. */
function count(body: string, x: number, others = ''): { result: number | string; instructions: number } {
  const wat = `(module (import "env" "memory" (memory 1)) (global $g (mut i32) (i32.const 5)) ${others}
    (func $run (export "run") (param $x i32) (result i32) (local $i i32) (local $s i32) ${body}))`
  const blob = parseRuntimeBlob(tools.parseWat('test.wat', wat).toBinary({}).buffer)
  const prepared = prepareModule(blob, { extraPages: 0, maximumPages: 10, countsInstructions: true })
  const memory = new WebAssembly.Memory({ initial: 1, maximum: 10 })
  const module = new WebAssembly.Module(new Uint8Array(prepared.wasm))
  const { exports } = new WebAssembly.Instance(module, { env: { memory } })
  const run = exports['run'] as (x: number) => number
  const instructions = () => Number((exports[prepared.instructionsGlobal ?? ''] as WebAssembly.Global).value)
  try {
    return { result: run(x), instructions: instructions() }
  } catch (error) {
    return { result: String(error), instructions: instructions() }
  }
}

/** Adds 1 to `x` up to x: 1 + 8 an iteration, and 1 for the answer. */
const LOOP = `
  (block $done
    (br_if $done (i32.eqz (local.get $x)))
    (loop $next
      (local.set $s (i32.add (local.get $s) (i32.const 2)))
      (br_if $next (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 1))) (local.get $x)))))
  (local.get $s)`

describe('countingCode', () => {
  it.each([
    ['nothing but a constant', '(i32.const 7)', 0, 7, 1],
    ['a straight line', '(i32.mul (i32.add (local.get $x) (i32.const 1)) (local.get $x))', 3, 12, 5],
    ['what is free', '(nop) (drop (local.get $x)) (block (nop)) (return (local.get $x))', 3, 3, 2],
    [
      'the branch that is taken',
      '(if (result i32) (local.get $x) (then (i32.const 1)) (else (i32.eqz (i32.const 1))))',
      1,
      1,
      3,
    ],
    [
      'the branch that is not',
      '(if (result i32) (local.get $x) (then (i32.const 1)) (else (i32.eqz (i32.const 1))))',
      0,
      0,
      4,
    ],
    ['an if without else', '(if (local.get $x) (then (local.set $s (i32.const 4)))) (local.get $s)', 1, 4, 5],
    ['a loop that runs never', LOOP, 0, 0, 4],
    ['a loop that runs once', LOOP, 1, 2, 3 + 11 + 1],
    ['a loop that runs 1,000 times', LOOP, 1_000, 2_000, 3 + 11_000 + 1],
    [
      'what comes after a branch, and not what is jumped over',
      '(block $out (br $out) (local.set $s (i32.const 1)) (drop (i32.const 9))) (local.get $s)',
      0,
      0,
      2,
    ],
    [
      'the way through a table of branches',
      `(block $b (block $a (br_table $a $b (local.get $x))) (return (i32.const 10)))
       (i32.add (local.get $x) (i32.const 10))`,
      1,
      11,
      5,
    ],
    [
      'an inner block in code that is never reached',
      '(block $out (br $out) (block (nop) (drop (i32.const 1)))) (local.get $x)',
      6,
      6,
      2,
    ],
  ])('counts %s', (_, body, x, result, instructions) => {
    expect(count(body, x)).toEqual({ result, instructions })
  })

  it('counts over calls, direct and through a table', () => {
    const others = `(type $t (func (param i32) (result i32))) (table 1 funcref) (elem (i32.const 0) $double)
      (func $double (param i32) (result i32) (i32.add (local.get 0) (local.get 0)))`
    expect(count('(call $double (call $double (local.get $x)))', 3, others)).toEqual({
      result: 12,
      instructions: 3 + 2 * 3,
    })
    const indirect = '(call_indirect (type $t) (local.get $x) (i32.const 0))'
    expect(count(indirect, 3, others)).toEqual({ result: 6, instructions: 3 + 3 })
  })

  it('has counted all of a run that trapped, and leaves other globals and long runs right', () => {
    const trapped = count('(drop (i32.div_u (i32.const 1) (local.get $x))) (i32.const 3)', 0)
    expect(trapped).toMatchObject({ result: expect.stringMatching(/divide by zero/), instructions: 4 })
    const sums = Array.from(
      { length: 5_000 },
      () => '(global.set $g (i32.add (global.get $g) (i32.const 1)))',
    )
    expect(count(`${sums.join('\n')} (global.get $g)`, 0)).toEqual({ result: 5_005, instructions: 20_001 })
  })

  it('works in a module without globals, and in one without code', () => {
    const options = { extraPages: 0, maximumPages: 10, countsInstructions: true }
    const prepare = (wat: string) =>
      prepareModule(parseRuntimeBlob(tools.parseWat('test.wat', wat).toBinary({}).buffer), options)
    const memory = new WebAssembly.Memory({ initial: 1, maximum: 10 })
    for (const code of ['(func (export "run") (nop) (drop (i32.const 1)))', '']) {
      const { wasm, instructionsGlobal } = prepare(`(module (import "env" "memory" (memory 1)) ${code})`)
      const { exports } = new WebAssembly.Instance(new WebAssembly.Module(new Uint8Array(wasm)), {
        env: { memory },
      })
      const run = exports['run']
      if (typeof run === 'function') run()
      const counter = exports[instructionsGlobal ?? ''] as WebAssembly.Global
      expect(Number(counter.value)).toBe(typeof run === 'function' ? 1 : 0)
    }
  })

  it('refuses a module that has an export of its name', () => {
    const wat = '(module (import "env" "memory" (memory 1)) (func (export "__drydock_instructions")))'
    const blob = parseRuntimeBlob(tools.parseWat('test.wat', wat).toBinary({}).buffer)
    const prepare = (countsInstructions: boolean) =>
      prepareModule(blob, { extraPages: 0, maximumPages: 10, countsInstructions })
    expect(() => prepare(true)).toThrow(/__drydock_instructions is in the way/)
    expect(prepare(false).instructionsGlobal).toBeNull()
  })
})
