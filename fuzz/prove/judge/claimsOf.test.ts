import { describe, expect, it } from 'vitest'
import { assemble, consensusWat } from '../trust/randomModule.testkit.ts'
import { proveModule } from './proveModule.ts'
import { oneDenseShape } from './shapeFamilies.ts'

const families = [oneDenseShape(2, 2)]
const words = async (body: string, options: Parameters<typeof proveModule>[1] = {}) => {
  const { claims, verdict } = await proveModule(assemble(consensusWat(body)), {
    families,
    searchRuns: 0,
    ...options,
  })
  const word = (name: string) => claims.find(({ claim, about }) => claim === name && about === 'n = 2 x 2')
  return { verdict, trap: word('no trap'), time: word('time'), memory: word('memory') }
}
const LOAD = '(local.set $a (i32.load (local.get $input)))'

describe('the words of a verdict', () => {
  it('nothing is proved of a function whose end no run reaches', async () => {
    const { trap, time } = await words(`${LOAD} (unreachable)`)
    expect(trap?.word).not.toBe('PROVED')
    expect(time).toMatchObject({ word: 'UNKNOWN', text: expect.stringContaining('no run reaches the end') })
  })

  it('nor of one in which no place could trap', async () => {
    expect((await words('(nop)')).trap).toMatchObject({
      word: 'UNKNOWN',
      text: expect.stringContaining('no place that could trap'),
    })
    expect((await words(LOAD)).trap?.word).toBe('PROVED')
  })

  it('a limit that is reached is named, and one that is not is no matter', async () => {
    const rounds = `${LOAD} (local.set $i (i32.const 1000))
      (loop $l (br_if $l (local.tee $i (i32.sub (local.get $i) (i32.const 1)))))`
    expect((await words(rounds, { maxSteps: 4000 })).time).toMatchObject({
      word: 'UNKNOWN',
      text: expect.stringContaining('the limit of 4000 steps is reached'),
    })
    expect((await words(rounds, { maxSteps: 6000 })).time?.word).toBe('PROVED')
  })

  it('memory is bounded by what memory.grow is asked for, and refused past the limit', async () => {
    const grow = (pages: number) => `${LOAD} (drop (memory.grow (i32.const ${pages})))`
    expect((await words(grow(5))).memory).toMatchObject({
      word: 'PROVED',
      text: expect.stringMatching(/^<= 7 pages/),
    })
    expect((await words(grow(5), { maxPages: 6 })).memory).toMatchObject({
      text: expect.stringMatching(/^<= 2 pages/),
    })
    expect(
      (await words(`${LOAD} (drop (memory.grow (i32.load offset=20 (local.get $input))))`)).memory?.word,
    ).toBe('UNKNOWN')
  })

  it('a loop whose end depends on a value has the bound of the largest value', async () => {
    const loop = `(local.set $i (i32.and (i32.load offset=28 (local.get $input)) (i32.const 15)))
      (block $out (loop $l (br_if $out (i32.eqz (local.get $i)))
        (local.set $i (i32.sub (local.get $i) (i32.const 1))) (br $l)))`
    expect((await words(loop)).time).toMatchObject({
      word: 'PROVED',
      text: expect.stringMatching(/^<= 128 instructions/),
    })
  })
})
