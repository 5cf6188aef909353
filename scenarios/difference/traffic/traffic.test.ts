import { beforeAll, describe, expect, it } from 'vitest'
import type { Fork } from '../../../harness/chain/fork.ts'
import { parseRuntimeBlob, type RuntimeBlob } from '../../../harness/runtime/blob/index.ts'
import { demoRuntime } from '../../demo/chain/index.ts'
import { compareRuntimeApis } from '../apis/apis.ts'
import type { Difference } from '../difference.ts'
import { ItemPairs } from '../state/itemPairs.ts'
import { withTrappingExport, withTrappingSymbol } from '../trappingFunction.testkit.ts'
import type { Twin } from '../twin/twin.ts'
import { neverAborted, settledTwinOf, smallFork } from '../twin.testkit.ts'
import { callDifferences } from './callDifferences.ts'
import { compareCalls } from './compareCalls.ts'
import { compareTraffic, type Traffic } from './traffic.ts'
import { TrafficSide } from './trafficSide.ts'
import { compareUsedChain } from './usedChain.ts'
import { compareUserBlocks } from './userBlocks.ts'

let fork: Fork
let twin: Twin
let good: Traffic

beforeAll(async () => {
  fork = await smallFork()
  twin = await settledTwinOf(fork, 'v2')
  good = await trafficOf(twin)
}, 180_000)

async function trafficOf(own: Twin): Promise<Traffic> {
  const traffic = await compareTraffic({ twin: own, attempts: 40, signal: neverAborted() })
  if (traffic === null) throw new Error('no block')
  return traffic
}

/** Of the calls that are known already. */
async function differencesOf(candidate: string | RuntimeBlob): Promise<readonly Difference[]> {
  const own = await settledTwinOf(fork, candidate)
  const control = await TrafficSide.open(own.control)
  const there = await TrafficSide.open(own.candidate, control?.timestampMs)
  if (control === null || there === null) throw new Error('no block')
  const pairs = new ItemPairs(own.control.runtime.codec, own.candidate.runtime.codec)
  const { calls } = good
  const sides = { control: control.side, candidate: there.side }
  const findMore = () => Promise.resolve([])
  return callDifferences(
    await compareCalls({ ...sides, pairs, calls, findMore, signal: neverAborted() }),
    pairs,
  )
}

/** Without what is new. */
const told = (differences: readonly Difference[]) => differences.filter(({ kind }) => kind !== 'new')

function apisOf(own: Twin, { pool, calls }: Traffic) {
  return compareRuntimeApis({ twin: own, pool, calls, signal: neverAborted() })
}

describe('calls', () => {
  it('succeed for most calls of the runtime on chain, with what its state holds', () => {
    const found = good.calls
      .filter(({ successes }) => successes.length > 0)
      .map(({ pallet, call }) => `${pallet}.${call}`)
    expect(found.length).toBeGreaterThan(good.calls.length / 2)
    expect(found).toEqual(
      expect.arrayContaining([
        'SubtensorModule.burned_register',
        'SubtensorModule.sudo_set_tempo',
        'Proxy.add_proxy',
      ]),
    )
  })

  it('do the same under the good candidate', () => {
    expect(good.differences).toEqual([])
  })

  it('that anybody may make now are told', { timeout: 180_000 }, async () => {
    const found = await differencesOf('no-origin-check')
    expect(found.map(({ kind, subject }) => [kind, subject])).toContainEqual([
      'allowed',
      'SubtensorModule.sudo_set_tempo',
    ])
    expect(new Set(found.map(({ subject }) => subject)).size).toBe(1)
  })

  it('that trap are told', { timeout: 180_000 }, async () => {
    const candidate = withTrappingSymbol(parseRuntimeBlob(demoRuntime('v2')), 'place_neuron')
    expect(await differencesOf(candidate)).toContainEqual(
      expect.objectContaining({
        kind: 'trapped',
        subject: 'SubtensorModule.burned_register',
        title: expect.stringContaining('unreachable'),
      }),
    )
  })

  it('with a wrong signature are one difference for all calls', { timeout: 180_000 }, async () => {
    expect(await differencesOf('no-signature-check')).toEqual([
      expect.objectContaining({
        kind: 'allowed',
        subject: 'extrinsics',
        title: expect.stringMatching(
          /^\d+ calls with a wrong signature now succeed; they were refused with Invalid: BadProof$/,
        ),
      }),
    ])
  })
})

describe('blocks with users', () => {
  it('are the same under the good candidate', { timeout: 180_000 }, async () => {
    const { blocks, extrinsics, differences } = await compareUserBlocks({
      twin: twin.branch(),
      calls: good.calls,
      signal: neverAborted(),
    })
    expect(told(differences)).toEqual([])
    expect(blocks).toBeGreaterThan(5)
    expect(extrinsics).toBeGreaterThan(20)
  })
})

describe('a chain that was used before the upgrade', () => {
  it('is what it would be under the good candidate, and loses what a migration drops', {
    timeout: 180_000,
  }, async () => {
    const used = async (name: string) => {
      const candidate = parseRuntimeBlob(demoRuntime(name))
      return told(await compareUsedChain({ fork, candidate, calls: good.calls, signal: neverAborted() }))
    }
    expect(await used('v2')).toEqual([])
    expect(await used('stake-wrong-owner')).toContainEqual(
      expect.objectContaining({ kind: 'lost', subject: 'SubtensorModule.Stake' }),
    )
  })
})

describe('runtime APIs', () => {
  it('answer the same under the good candidate', async () => {
    const { methods, questions, differences } = await apisOf(twin.branch(), good)
    expect(told(differences)).toEqual([])
    expect(methods).toBeGreaterThan(15)
    expect(questions).toBeGreaterThan(methods)
  })

  it.each([
    ['AccountNonceApi_account_nonce', 'AccountNonceApi.account_nonce'],
    ['TaggedTransactionQueue_validate_transaction', 'TaggedTransactionQueue.validate_transaction'],
    ['BlockBuilder_check_inherents', 'BlockBuilder.check_inherents'],
  ])('that trap are told: %s', async (entryPoint, subject) => {
    const candidate = withTrappingExport(parseRuntimeBlob(demoRuntime('v2')), entryPoint)
    const { differences } = await apisOf(await settledTwinOf(fork, candidate), good)
    expect(told(differences)).toEqual([expect.objectContaining({ kind: 'trapped', area: 'apis', subject })])
  })
})
