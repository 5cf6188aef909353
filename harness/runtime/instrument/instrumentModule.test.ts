import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import wabt from 'wabt'
import { instrumentModule } from './instrumentModule.ts'

const tools = await wabt()
const EDGE_MAP = 1_024
const OPERANDS = 4_096

function assemble(text: string): Uint8Array {
  return tools.parseWat('test.wat', text).toBinary({}).buffer
}

interface Run {
  readonly result: number | string
  readonly edges: string
  readonly fuel: number
  readonly comparisons: readonly (readonly [bigint, bigint])[]
}

/** `run(x)` of a module with this body, edges and operands recorded. */
function run(body: string, x: number, options: { fuelLimit?: number } = {}): Run {
  const wasm = assemble(`(module (memory (export "memory") 1) (global $g (mut i32) (i32.const 5))
    (func $run (export "run") (param $x i32) (result i32) (local $i i32) (local $s i32) ${body}))`)
  const made = instrumentModule(wasm, {
    edgeMap: EDGE_MAP,
    fuel: true,
    fuelLimit: options.fuelLimit ?? null,
    comparisons: OPERANDS,
  })
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(new Uint8Array(made.wasm)))
  // SAFETY: the module above exports these.
  const { memory, run: call } = exports as {
    memory: WebAssembly.Memory
    run: (x: number) => number
  } & typeof exports
  let result: number | string
  try {
    result = call(x)
  } catch (error) {
    result = String(error)
  }
  const bytes = new Uint8Array(memory.buffer)
  const data = new DataView(memory.buffer)
  // SAFETY: instrumentModule exports it as a global.
  const fuel = exports[made.fuelGlobal?.name ?? ''] as WebAssembly.Global
  return {
    result,
    edges: bytes.subarray(EDGE_MAP, EDGE_MAP + made.edges).join(''),
    fuel: Number(fuel.value),
    comparisons: Array.from({ length: made.comparisons }, (_, i) => [
      data.getBigUint64(OPERANDS + 16 * i, true),
      data.getBigUint64(OPERANDS + 16 * i + 8, true),
    ]),
  }
}

const LOOP = `(block $done (br_if $done (i32.eqz (local.get $x)))
  (loop $next (local.set $s (i32.add (local.get $s) (i32.const 2)))
    (br_if $next (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 1))) (local.get $x)))))
  (local.get $s)`
const IF = '(if (local.get $x) (then (local.set $s (i32.const 4)))) (local.get $s)'
const TABLE = `(block $c (block $b (block $a (br_table $a $b $c (local.get $x))) (return (i32.const 10)))
  (return (i32.const 20))) (i32.const 30)`
const WITH_VALUE = '(block $out (result i32) (drop (br_if $out (i32.const 1) (local.get $x))) (i32.const 2))'

describe('instrumentModule', () => {
  it.each([
    ['the entry alone', '(i32.const 7)', 0, { result: 7, edges: '1', fuel: 1 }],
    ['an if that is taken', IF, 1, { result: 4, edges: '110' }],
    ['an if that is not', IF, 0, { result: 0, edges: '101' }],
    ['a branch out', LOOP, 0, { result: 0, edges: '11000' }],
    ['a loop of one round', LOOP, 1, { result: 2, edges: '10101' }],
    ['a loop of many', LOOP, 9, { result: 18, edges: '10111' }],
    ['the first case of a table', TABLE, 0, { result: 10, edges: '1100' }],
    ['the second', TABLE, 1, { result: 20, edges: '1010' }],
    ['the default', TABLE, 7, { result: 30, edges: '1001' }],
    ['a branch with a value that is taken', WITH_VALUE, 1, { result: 1, edges: '10' }],
    ['a branch with a value that is not', WITH_VALUE, 0, { result: 2, edges: '11' }],
  ] as const)('records %s', (_, body, x, expected) => {
    expect(run(body, x)).toMatchObject(expected)
  })

  it('counts instructions as countingCode does', () => {
    expect([0, 1, 1_000].map((x) => run(LOOP, x).fuel)).toEqual([4, 15, 11_004])
  })

  it('keeps the operands of comparisons, in their order', () => {
    const body = '(i32.and (i32.lt_u (local.get $x) (i32.const 77)) (i64.eq (i64.const -2) (i64.const 3)))'
    expect(run(body, 5).comparisons).toEqual([
      [5n, 77n],
      [0xffff_ffff_ffff_fffen, 3n],
    ])
  })

  it('ends a loop past its limit, and none within', () => {
    expect(run(LOOP, 100, { fuelLimit: 1_105 }).result).toBe(200)
    const endless = '(loop $next (br $next)) (i32.const 0)'
    expect(run(endless, 0, { fuelLimit: 1_000 })).toMatchObject({
      result: 'RuntimeError: unreachable',
      fuel: 1_001,
    })
  })

  it('changes no result', () => {
    fc.assert(
      fc.property(fc.constantFrom(LOOP, IF, TABLE, WITH_VALUE), fc.nat(300), (body, x) => {
        const plain = assemble(
          `(module (func (export "run") (param $x i32) (result i32) (local $i i32) (local $s i32) ${body}))`,
        )
        const { exports } = new WebAssembly.Instance(new WebAssembly.Module(new Uint8Array(plain)))
        // SAFETY: the module exports it.
        expect(run(body, x).result).toBe((exports['run'] as (x: number) => number)(x))
      }),
      { seed: 1, numRuns: 50 },
    )
  })

  it('leaves a module without code as it is, but for the fuel', () => {
    const wasm = assemble('(module)')
    expect(
      instrumentModule(wasm, { edgeMap: 0, fuel: false, fuelLimit: null, comparisons: null }),
    ).toMatchObject({ wasm, edges: 0 })
    const counted = instrumentModule(wasm, { edgeMap: null, fuel: true, fuelLimit: null, comparisons: null })
    expect(
      new WebAssembly.Instance(new WebAssembly.Module(new Uint8Array(counted.wasm))).exports,
    ).toHaveProperty('__drydock_fuel')
  })
})
