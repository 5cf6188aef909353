import { describe, expect, it } from 'vitest'
import { checkTestContext, demoTestContext, miniature } from '../checks/checkContext.testkit.ts'
import { settlingStep } from './settle.ts'

const SIZE = { accounts: 50, subnets: 4, uids: 24 }

describe('settle', () => {
  it('ends when the multi-block migration of the good candidate is done, once for all who ask', async () => {
    const context = await demoTestContext(SIZE)
    const settling = await context.get(settlingStep)
    expect(settling.kind).toBe('settled')
    expect(settling.steps.map(({ inherentsOnly }) => inherentsOnly).slice(0, 2)).toEqual([true, true])
    expect(settling.steps.at(-1)).toMatchObject({ cursors: [], moved: [], inherentsOnly: false })
    expect(settling.head.number).toBe(settling.steps.at(-1)?.block)
    expect(await context.get(settlingStep)).toBe(settling)
  })

  it('waits for a cursor that never goes', async () => {
    const options = {
      candidate: miniature('migration-never-ends'),
      limits: { settleBlocks: 6, settleMostBlocks: 6 },
    }
    const settling = await (await demoTestContext(SIZE, options)).get(settlingStep)
    expect(settling).toMatchObject({ kind: 'unsettled', backfills: [] })
    expect(settling.steps.at(-1)?.cursors[0]?.item).toBe('MultiBlockMigrations.Cursor')
  })

  it('sees a backfill in on_idle that keeps no cursor, and where it comes from', async () => {
    const options = {
      candidate: miniature('migration-on-idle'),
      limits: { settleBlocks: 10, settleMostBlocks: 10 },
    }
    const settling = await (await demoTestContext(SIZE, options)).get(settlingStep)
    expect(settling.kind).toBe('unsettled')
    expect(settling.backfills).toContainEqual({
      item: 'SubtensorModule.HasMigrationRun',
      rows: 10,
      blocks: 10,
      source: { item: 'SubtensorModule.Owner', rows: expect.any(Number) },
    })
  })

  it('waits until such a backfill is done', async () => {
    const settling = await (await checkTestContext({ candidate: miniature('migration-on-idle') })).get(
      settlingStep,
    )
    expect(settling.kind).toBe('settled')
    expect(settling.steps.some(({ moved }) => moved.length > 0)).toBe(true)
  })

  it('does not wait for rows that each block makes of nothing', async () => {
    const settling = await (await demoTestContext(SIZE, { candidate: miniature('unbounded-growth') })).get(
      settlingStep,
    )
    expect(settling.kind).toBe('settled')
  })

  it('says where the chain stopped', async () => {
    const settling = await (await checkTestContext({ candidate: miniature('panic-at-height:4') })).get(
      settlingStep,
    )
    expect(settling).toMatchObject({ kind: 'stopped', head: { number: 3 } })
    expect(settling.blocks.at(-1)?.result.kind).toBe('failed')
  })
})
