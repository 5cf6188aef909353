import { describe, expect, it } from 'vitest'
import { demoTestContext, miniature, ranAnswer } from '../checks/checkContext.testkit.ts'
import { upgradeCost } from '../checks/upgradeCost.ts'
import { upgradeStep } from '../rehearsal/rehearsal.ts'
import { upgradeSegments } from './migrationSegments.ts'

const SIZE = { accounts: 6_000, subnets: 24, uids: 24 }

async function segmentsOf(name: string) {
  const context = await demoTestContext(SIZE, { candidate: miniature(name) })
  const upgrade = await context.get(upgradeStep)
  if (upgrade.kind !== 'upgraded') throw new Error(upgrade.kind)
  const runtime = await context.fork.catalog.of(context.candidate, upgrade.head.state)
  if (runtime.kind !== 'ok') throw new Error(runtime.message)
  const segments = upgradeSegments(upgrade, { newer: runtime.value.codec, older: context.current.codec })
  return { context, upgrade, segments }
}

describe('upgradeSegments', () => {
  it('tells the migrations of the good candidate, and the hooks after them', async () => {
    const { upgrade, segments } = await segmentsOf('v2')
    const names = segments.map(({ name }) => name)
    expect(names).toContainEqual(
      expect.stringMatching(/^migrate_activity_cutoff_to_u32, SubtensorModule storage version 1 -> 2$/),
    )
    expect(names.at(-1)).toBe('on_initialize')
    const migration = segments.find(({ name }) => name.startsWith('migrate_activity'))
    expect(migration?.items.get('SubtensorModule.ActivityCutoff')).toBe(24)
    const { cost } = upgrade.migration
    for (const count of ['reads', 'nextKeys', 'writes'] as const) {
      expect(segments.reduce((sum, segment) => sum + segment[count], 0)).toBe(cost[count])
    }
    const changed = segments.flatMap(({ items }) => [...items.values()]).reduce((sum, keys) => sum + keys, 0)
    const counted = upgrade.migration.changes.reduce(
      (sum, row) => sum + row.added + row.changed + row.removed,
      0,
    )
    expect(changed).toBe(counted)
  })

  it('upgrade.cost names the migration that costs too much', async () => {
    const { context } = await segmentsOf('migration-slow')
    const { findings, tables } = await ranAnswer(upgradeCost, context)
    const undeclared = findings.find(({ rule }) => rule === 'undeclared')
    expect(undeclared?.title).toMatch(/, most of it migrate_activity_cutoff_to_u32/)
    expect(undeclared?.evidence[0]).toMatch(/^migrate_activity_cutoff_to_u32.*: \d+ reads, \d+ writes$/)
    expect(tables?.[0]).toMatchObject({ id: 'migrations', columns: { length: 7 } })
    expect(tables?.[0]?.rows.every((row) => row.length === 7)).toBe(true)
  })
})
