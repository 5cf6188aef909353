import fc from 'fast-check'
import { expect, it } from 'vitest'
import { stepsToText, textToSteps } from '../corpus/readSteps.ts'
import { emptyTarget } from '../engine/fuzzTarget.testkit.ts'
import { callArbitrary, sequenceArbitrary } from './arbitraries.ts'
import { collectPools } from './valuePools.ts'

const { runtime, head } = await emptyTarget('v2')
const { codec } = runtime
const options = { codec, pools: collectPools(codec, head.state) }

it('makes calls of every pallet that encode, and shrinks them to calls that encode', () => {
  const pallets = new Set<string>()
  fc.assert(
    fc.property(callArbitrary(options), ({ pallet, call, args }) => {
      pallets.add(pallet)
      expect(codec.encodeCall(pallet, call, args ?? {}).length).toBeGreaterThan(1)
    }),
    { seed: 1, numRuns: 300 },
  )
  expect(pallets.size).toBeGreaterThan(8)
})

it('takes accounts from the state', () => {
  const calls = fc.sample(callArbitrary({ ...options, call: 'burned_register' }), { seed: 1, numRuns: 40 })
  const known = calls.filter(
    ({ origin }) => origin.kind === 'signed' && options.pools.accounts.includes(origin.account),
  )
  expect(known.length).toBeGreaterThan(20)
  expect(() => callArbitrary({ ...options, call: 'nothing' })).toThrow('has no call')
})

it('shrinks a sequence to the step that matters', () => {
  const run = fc.check(
    fc.property(sequenceArbitrary(options), (steps) => !steps.some((step) => step.kind === 'blocks')),
    { seed: 3 },
  )
  expect(run.counterexample?.[0]).toEqual([{ kind: 'blocks', count: 1 }])
})

it('sequences survive a file, and what is no sequence is refused', () => {
  fc.assert(
    fc.property(sequenceArbitrary(options), (steps) => {
      expect(textToSteps(stepsToText(steps), 'x')).toEqual(steps)
    }),
    { seed: 1, numRuns: 30 },
  )
  for (const text of ['', '{}', '{"steps":[{"kind":"blocks","count":0}]}', '{"steps":[{"kind":"call"}]}'])
    expect(() => textToSteps(text, 'x.json')).toThrow('x.json is no sequence of steps')
})
