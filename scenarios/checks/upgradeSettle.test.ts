import { describe, expect, it } from 'vitest'
import { answerOf } from '../check/runChecks.ts'
import { demoTestContext, miniature, ranAnswer, type TestContextOptions } from './checkContext.testkit.ts'
import { upgradeSettle } from './upgradeSettle.ts'

const SIZE = { accounts: 50, subnets: 4, uids: 24 }

async function run(name: string, options: TestContextOptions = {}) {
  return ranAnswer(upgradeSettle, await demoTestContext(SIZE, { candidate: miniature(name), ...options }))
}

describe('upgrade.settle', () => {
  it('finds nothing in the good candidate, and shows the steps of its migration', async () => {
    const { findings, measures, tables } = await run('v2')
    expect(findings).toEqual([])
    expect(measures).toMatchObject({ outcome: 'settled', inherentsOnlyBlocks: expect.any(Number) })
    expect(Number(measures?.['inherentsOnlyBlocks'])).toBeGreaterThan(0)
    const rows = tables?.[0]?.rows ?? []
    expect(rows[0]?.slice(0, 3)).toEqual([2, expect.stringContaining('Cursor'), 'inherents only'])
    expect(rows.at(-1)?.slice(1, 4)).toEqual([null, 'all', null])
  })

  it('names the cursor that stays, and for how long the chain takes no transactions', async () => {
    const { findings } = await run('migration-never-ends', {
      limits: { settleBlocks: 8, settleMostBlocks: 8 },
    })
    expect(findings).toHaveLength(1)
    expect(findings[0]).toMatchObject({ severity: 'error', subject: 'MultiBlockMigrations.Cursor' })
    expect(findings[0]?.title).toMatch(
      /^MultiBlockMigrations\.Cursor is still there 8 blocks after the upgrade, at .*; 9 block\(s\) accepted inherents only$/,
    )
  })

  it('names the item that on_idle fills, how far it got, and how long it will take', async () => {
    const { findings } = await run('migration-on-idle', {
      limits: { settleBlocks: 12, settleMostBlocks: 12 },
    })
    const title = findings.find(({ subject }) => subject === 'SubtensorModule.HasMigrationRun')?.title
    expect(title).toMatch(
      /12 row\(s\) so far, 1 a block; with the \d+ row\(s\) of SubtensorModule\.Owner to go through, about \d+ block\(s\) are left$/,
    )
  })

  it('takes rows that a block makes of nothing for growth, not for a migration', async () => {
    expect((await run('unbounded-growth')).findings).toEqual([])
  })

  it('leaves it to blocks.run when the chain stops among the blocks that it looks at, and says it when after', async () => {
    const options = { candidate: miniature('panic-at-height:4') }
    const answer = await answerOf(upgradeSettle, await demoTestContext(SIZE, options))
    expect(answer).toMatchObject({ kind: 'inconclusive', reason: expect.stringContaining('block 4') })
    const { findings } = await run('panic-at-height:4', { blockCount: 1 })
    expect(findings).toMatchObject([{ rule: 'stopped', facts: { block: 4 } }])
  })
})
