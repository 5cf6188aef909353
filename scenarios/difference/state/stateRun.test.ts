import { beforeAll, describe, expect, it } from 'vitest'
import type { Fork } from '../../../harness/chain/fork.ts'
import type { ChainInput } from '../../../harness/codec/index.ts'
import { type Difference, sortDifferences } from '../difference.ts'
import type { Twin } from '../twin/twin.ts'
import { neverAborted, settledTwinOf, smallFork, twinOf } from '../twin.testkit.ts'
import { StateRun } from './stateRun.ts'

let fork: Fork

beforeAll(async () => {
  fork = await smallFork()
})

async function runOf(twin: Twin, blocks: number): Promise<StateRun> {
  const run = new StateRun(twin)
  await run.advanceTo(blocks, { signal: neverAborted() })
  return run
}

async function different(candidate: string, blocks = 24): Promise<readonly Difference[]> {
  const run = await runOf(await twinOf(fork, candidate), blocks)
  return run.differences().filter(({ kind }) => kind !== 'new')
}

const brief = (differences: readonly Difference[]) =>
  sortDifferences(differences).map(({ kind, subject, facts }) => [kind, subject, facts['change']])

describe('migrations', () => {
  it('of the good candidate leave everything as it was, a widened type included', async () => {
    const run = await runOf(await twinOf(fork, 'v2'), 24)
    expect(run.stopped).toBeNull()
    expect(run.blocks).toBe(24)
    expect(run.differences().filter(({ kind }) => kind !== 'new')).toEqual([])
    expect(run.differences().map(({ subject }) => subject)).toContain('SubtensorModule.OwnedHotkeys')
    expect(run.settled).not.toBeNull()
  })

  it('that move a row lose one and gain one', async () => {
    expect(brief(await different('stake-wrong-owner', 2))).toEqual([
      ['lost', 'SubtensorModule.Stake', 'lost'],
      ['changed', 'SubtensorModule.Stake', 'gained'],
    ])
  })

  it('that did not run leave bytes of another type', async () => {
    expect(brief(await different('migration-not-wired', 2))).toEqual([
      ['lost', 'SubtensorModule.ActivityCutoff', 'broken'],
    ])
  })

  it('that double a price say by how much', async () => {
    const [price] = await different('migration-not-idempotent', 2)
    expect(price).toMatchObject({
      kind: 'changed',
      subject: 'SubtensorModule.Burn',
      title: expect.stringContaining('their sum is 2 of the other'),
    })
    expect(price?.evidence[0]).toMatch(/Burn\(1\): before \d+, without the upgrade \d+, with it \d+/)
  })
})

describe('blocks', () => {
  it('that the candidate does not build are told with the place', async () => {
    expect(await different('march-2024')).toEqual([
      expect.objectContaining({
        kind: 'trapped',
        title: expect.stringMatching(/^The chain stops at block \d+: .*index out of bounds/),
      }),
    ])
  })

  it('that count otherwise are told from the block on in which they did', async () => {
    expect(brief(await different('issuance-off-by-one'))).toEqual([
      ['changed', 'SubtensorModule.TotalIssuance', 'changed'],
    ])
  })

  it('that add rows without end are told, also where migrations note themselves', async () => {
    expect(brief(await different('unbounded-growth'))).toContainEqual([
      'changed',
      'SubtensorModule.HasMigrationRun',
      'gained',
    ])
  })
})

describe('a state that was changed on one side', () => {
  async function edited(item: string, args: readonly ChainInput[], value: ChainInput, blocks = 1) {
    const twin = await settledTwinOf(fork, 'v2')
    const { codec } = twin.candidate.runtime
    const key = codec.storageKey('SubtensorModule', item, ...args)
    const bytes = value === null ? null : codec.encodeValue('SubtensorModule', item, value)
    twin.edit({ control: new Map(), candidate: new Map([[key, bytes]]) })
    const run = new StateRun(twin)
    // What both sides never touch is not looked at: a block writes it.
    await run.advanceTo(blocks, { signal: neverAborted() })
    return brief(run.differences().filter(({ kind }) => kind !== 'new'))
  }

  it('shows once blocks touch it: a subnet that is never paid again', async () => {
    const found = await edited('NetworksAdded', [1], false, 24)
    expect(found).toContainEqual(['changed', 'SubtensorModule.LastMechansimStepBlock', 'still'])
    expect(found).toContainEqual(['changed', 'SubtensorModule.PendingEmission', 'changed'])
  })

  it('is the same when the value is', async () => {
    expect(await edited('Kappa', [1], 32_767, 4)).toEqual([])
  })
})

it('is the same in each run', async () => {
  const texts = [await different('stake-wrong-owner'), await different('stake-wrong-owner')].map((all) =>
    JSON.stringify(all),
  )
  expect(texts[0]).toBe(texts[1])
})
