import { beforeAll, describe, expect, it } from 'vitest'
import type { Fork } from '../../harness/chain/fork.ts'
import { checkTestContext } from '../checks/checkContext.testkit.ts'
import { compareHeights } from './horizon/heights.ts'
import { findCountedUnits } from './population/countedUnits.ts'
import { comparePopulation } from './population/population.ts'
import type { Twin } from './twin/twin.ts'
import { neverAborted, settledTwinOf, smallFork } from './twin.testkit.ts'
import { tryWayOut } from './wayOut/wayOut.ts'

let fork: Fork
let good: Twin

beforeAll(async () => {
  fork = await smallFork()
  good = await settledTwinOf(fork, 'v2')
}, 180_000)

const signal = neverAborted()
const told = (differences: readonly { readonly kind: string }[]) =>
  differences.filter(({ kind }) => kind !== 'new')

describe('collections', () => {
  it('are found in the state: what counts, lists, numbers and names the members of a subnet', () => {
    const [subnets] = findCountedUnits(good.control.runtime.codec, good.control.head.state)
    expect(subnets?.counter.item).toBe('SubnetworkN')
    expect(subnets?.lists.map(({ item }) => item)).toEqual(
      expect.arrayContaining(['Active', 'Emission', 'LastUpdate']),
    )
    expect(subnets?.rows.map(({ item }) => item)).toEqual(['Keys', 'BlockAtRegistration'])
    expect(subnets?.inverses.map(({ item }) => item)).toEqual(['Uids'])
  })

  it('at their limits and past them are no matter to the good candidate', { timeout: 180_000 }, async () => {
    const population = await comparePopulation({ twin: good.branch(), blocks: 12, signal })
    expect(population?.grown.map(({ to }) => to)).toEqual(expect.arrayContaining([9, 257, 256]))
    expect(population?.blocks).toBe(12)
    expect(told(population?.differences ?? [])).toEqual([])
  })
})

describe('heights', () => {
  it('far off are no matter to the good candidate', { timeout: 180_000 }, async () => {
    const { heights, differences } = await compareHeights({ twin: good.branch(), signal })
    expect(heights).toEqual(expect.arrayContaining([256, 65_536, 2 ** 31]))
    expect(told(differences)).toEqual([])
  })

  it('at which the candidate stops are told', { timeout: 180_000 }, async () => {
    const { differences } = await compareHeights({
      twin: await settledTwinOf(fork, 'panic-at-height:65536'),
      signal,
    })
    expect(told(differences)).toEqual([
      expect.objectContaining({
        kind: 'trapped',
        title: expect.stringContaining('The chain stops at block 65536'),
      }),
    ])
  })
})

describe('the way out', () => {
  it('is open under the good candidate, for the key that opened it before', {
    timeout: 180_000,
  }, async () => {
    const way = await tryWayOut(await checkTestContext(), good.branch())
    expect(way?.by).toBe('Sudo.sudo(System.set_code)')
    expect(way?.differences).toEqual([])
  })

  it('is shut when the key is lost or another', { timeout: 180_000 }, async () => {
    const run = await checkTestContext()
    const twin = good.branch()
    const { codec } = twin.candidate.runtime
    const key = codec.storageKey('Sudo', 'Key')
    twin.edit({ control: new Map(), candidate: new Map([[key, new Uint8Array(32).fill(7)]]) })
    const way = await tryWayOut(run, twin)
    expect(way?.by).toBeNull()
    expect(way?.differences).toEqual([
      expect.objectContaining({
        kind: 'ended',
        title: expect.stringMatching(/cannot be upgraded again: .*Sudo\.RequireSudo; without it, Sudo\.sudo/),
      }),
    ])
  })
})
