import { beforeAll, describe, expect, it } from 'vitest'
import { ItemPairs } from '../state/itemPairs.ts'
import { settledTwinOf, smallFork } from '../twin.testkit.ts'
import { callDifferences } from './callDifferences.ts'
import type { CallResult } from './callResult.ts'
import type { ComparedCall } from './compareCalls.ts'

let pairs: ItemPairs

beforeAll(async () => {
  const { control, candidate } = await settledTwinOf(await smallFork(), 'v2')
  pairs = new ItemPairs(control.runtime.codec, candidate.runtime.codec)
}, 180_000)

const success: CallResult = {
  kind: 'success',
  error: '',
  fee: 100n,
  refTime: 1_000n,
  proofSize: 0n,
  events: [],
  changes: new Map(),
}
const refusal = (error: string): CallResult => ({ ...success, kind: 'refused', error })

function compared(name: string, control: CallResult, candidate: CallResult): ComparedCall {
  const [pallet = '', call = ''] = name.split('.')
  const one = { pallet, call, args: {}, origin: { kind: 'signed', account: 'Alice' } } as const
  return { pallet, call, cases: [{ kind: 'asFound', one, control, candidate, effects: [] }] }
}

const brief = (calls: readonly ComparedCall[]) =>
  callDifferences(calls, pairs).map(({ kind, area, subject }) => [kind, area, subject])

describe('callDifferences', () => {
  it('finds none in calls that end the same', () => {
    const same = compared('Proxy.proxy', refusal('Proxy.NotProxy'), refusal('Proxy.NotProxy'))
    expect(brief([compared('System.remark', success, success), same])).toEqual([])
  })

  it('tells fees and weights once for all calls, with the factor', () => {
    const costly = { ...success, fee: 10_000n, refTime: 2_000n }
    const calls = ['System.remark', 'Balances.burn'].map((name) => compared(name, success, costly))
    expect(callDifferences(calls, pairs).map(({ area, title }) => [area, title])).toEqual([
      ['fees', '2 of 2 calls cost another fee, 100 times of the fee before (median)'],
      ['weights', '2 of 2 calls have another weight, from 2 times to 2 times of the weight before'],
    ])
  })

  it('tells a pallet of which no call is taken once', () => {
    const calls = ['Proxy.proxy', 'Proxy.add_proxy'].map((name) =>
      compared(name, success, refusal('System.CallFiltered')),
    )
    expect(brief(calls)).toEqual([['lost', 'permissions', 'Proxy']])
  })

  it('takes a raised limit for a change, and a missing permission for a gate', () => {
    expect(brief([compared('Proxy.add_proxy', refusal('Proxy.TooMany'), success)])).toEqual([
      ['changed', 'permissions', 'Proxy.add_proxy'],
    ])
    expect(brief([compared('Sudo.set_key', refusal('BadOrigin'), success)])).toEqual([
      ['allowed', 'permissions', 'Sudo.set_key'],
    ])
  })

  it('tells a call that traps, but not one that trapped before', () => {
    const trap: CallResult = { ...success, kind: 'trapped', error: 'unreachable' }
    expect(brief([compared('Proxy.proxy', success, trap)])).toEqual([['trapped', 'behavior', 'Proxy.proxy']])
    expect(brief([compared('Proxy.proxy', trap, trap)])).toEqual([])
  })
})
