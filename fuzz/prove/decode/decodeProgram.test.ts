import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { assemble, consensusWat } from '../trust/randomModule.testkit.ts'
import { findRecursion } from './callGraph.ts'
import { decodeProgram } from './decodeProgram.ts'

const EXAMPLES = new URL('../../consensus/examples/wasm/', import.meta.url)
const decode = (body: string, others = '') => decodeProgram(assemble(consensusWat(body, others)))

describe('decodeProgram', () => {
  it('reads constants of both widths with their sign', () => {
    const program = decode(
      '(local.set $a (i32.const -1)) (local.set $x (i64.const -1)) (local.set $y (i64.const 9007199254740992))',
    )
    const run = program.functions[program.exports.get('run') ?? -1]
    const constants = run?.code.flatMap((one) => (one.kind === 'constant' ? [one.value] : []))
    expect(constants).toEqual([0xffff_ffff, 2n ** 64n - 1n, 2n ** 53n])
  })

  it.each([
    ['a float', '(drop (f32.const 1))', '', /uses floats at byte \d+/],
    ['a float in a local', '', '(func (local f64))', /uses floats at byte \d+/],
    ['an import', '', '', /it imports/],
    ['a second memory', '', '(memory 1)', /.*/],
  ])('refuses %s with its place', (what, body, others, message) => {
    const wat = consensusWat(body, others)
    const withImport = what === 'an import' ? wat.replace('(module', '(module (import "e" "f" (func))') : wat
    expect(() => decodeProgram(assemble(withImport))).toThrow(message)
  })

  it('refuses damaged bytes at every length, without another kind of error', () => {
    const whole = new Uint8Array(readFileSync(new URL('goodMean.wasm', EXAMPLES)))
    for (let length = 0; length < whole.length; length += 7) {
      const cut = whole.slice(0, length)
      expect(() => decodeProgram(cut)).toThrow(/wasm|judged/)
    }
  })

  it('finds calls that lead back', () => {
    const loops = decode('(call $f)', '(func $f (call $g)) (func $g (call $f))')
    expect(findRecursion(loops, loops.exports.get('run') ?? 0)?.functions).toHaveLength(2)
    const straight = decode('(call $f) (call $g)', '(func $f (call $g)) (func $g)')
    expect(findRecursion(straight, straight.exports.get('run') ?? 0)).toBeNull()
  })
})
