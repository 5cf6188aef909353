import { describe, expect, it } from 'vitest'
import { LAST_UPGRADE_KEY } from '../../harness/chain/migrationMarks.ts'
import type { CheckContext } from '../check/check.ts'
import { codeVersions, storageVersionKey, versionsOfFirstBlock } from '../migrations/codeVersions.ts'
import { type Settling, settlingStep } from '../migrations/settle.ts'
import {
  checkTestContext,
  findingsOf,
  given,
  miniature,
  ranAnswer,
  withSteps,
} from './checkContext.testkit.ts'
import { upgradeInventory } from './upgradeInventory.ts'

describe('codeVersions', () => {
  it.each(['v1', 'v2'])('reads the same of a genesis and of a first block over nothing: %s', async (name) => {
    const context = await checkTestContext()
    const runtime = await context.fork.catalog.of(miniature(name), context.fork.head.state)
    if (runtime.kind !== 'ok') throw new Error(runtime.message)
    const { how, versions } = await codeVersions(runtime.value)
    expect(how).toBe('genesis')
    expect(versions.get('SubtensorModule')).toBe(name === 'v1' ? 1 : 2)
    const first = await versionsOfFirstBlock(runtime.value)
    expect(first?.versions).toEqual(versions)
  })
})

describe('upgrade.inventory', () => {
  it('finds nothing in the good candidate, and lists versions and migrations', async () => {
    const { findings, tables, measures } = await ranAnswer(upgradeInventory, await checkTestContext())
    expect(findings).toEqual([])
    const [versions, noted] = tables ?? []
    expect(versions?.rows.find(([pallet]) => pallet === 'SubtensorModule')?.slice(1, 5)).toEqual([1, 2, 2, 1])
    expect(noted?.rows).toEqual([['migrate_activity_cutoff_to_u32', 'SubtensorModule', 2]])
    expect(measures).toMatchObject({ migrationsNoted: 1, differedBefore: 0 })
  })

  it('names a migration that is not wired in', async () => {
    const candidate = miniature('migration-not-wired')
    const findings = await findingsOf(upgradeInventory, await checkTestContext({ candidate }))
    expect(findings).toMatchObject([
      { rule: 'versionDiffers', severity: 'error', subject: 'SubtensorModule' },
    ])
    expect(findings[0]?.title).toBe(
      "The storage version of SubtensorModule is 1 on chain after the upgrade and 2 in the candidate's code: no migration of the pallet that sets it is wired in",
    )
  })

  it('names the migration that ran and did not set the version', async () => {
    const candidate = miniature('storage-version')
    const findings = await findingsOf(upgradeInventory, await checkTestContext({ candidate }))
    expect(findings[0]?.title).toMatch(/: migrate_activity_cutoff_to_u32 ran, and nothing set the version$/)
  })

  it('leaves alone what differed before the upgrade, in the old code too', async () => {
    const prepare: Parameters<typeof checkTestContext>[0] = {
      prepare: async (fork) =>
        fork.setStorage(new Map([[storageVersionKey('Balances'), null]]), 'never written'),
    }
    const { findings, measures } = await ranAnswer(upgradeInventory, await checkTestContext(prepare))
    expect(findings).toEqual([])
    expect(measures?.['differedBefore']).toBe(1)
  })

  it('says so when the version on chain is above that of the code, and falls', async () => {
    const key = storageVersionKey('SubtensorModule')
    const findings = await findingsOf(
      upgradeInventory,
      await checkTestContext({
        prepare: async (fork) => fork.setStorage(new Map([[key, new Uint8Array([7, 0])]]), 'from elsewhere'),
      }),
    )
    expect(findings.map(({ rule }) => rule)).toEqual(['versionFell'])
    expect(findings[0]?.title).toBe(
      'The storage version of SubtensorModule went from 7 to 2: its migrations will run again',
    )
  })

  it('names a migration that runs again in a later block', async () => {
    const context = await checkTestContext()
    const settling = await context.get(settlingStep)
    const again = await withMigrationsAgain(context, settling)
    const findings = await findingsOf(upgradeInventory, withSteps(context, given(settlingStep, again)))
    expect(findings).toMatchObject([
      { rule: 'ranAgain', subject: 'migrate_activity_cutoff_to_u32', facts: { times: 2 } },
      { rule: 'ranAgain', subject: 'SubtensorModule storage version 2', facts: { times: 2 } },
    ])
    expect(findings[0]?.title).toMatch(
      /^The migration migrate_activity_cutoff_to_u32 ran 2 times: first in block 2, /,
    )
  })
})

/** One block more, over a state that has forgotten that the migrations ran. */
async function withMigrationsAgain({ fork }: CheckContext, settling: Settling): Promise<Settling> {
  const branch = fork.at(settling.head)
  const { codec } = settling.runtime
  const prefix = codec.storagePrefix('SubtensorModule', 'HasMigrationRun')
  const forgotten = new Map([...branch.head.state.keysWithPrefix(prefix)].map((key) => [key, null] as const))
  const lastUpgrade = fork.head.state.get(LAST_UPGRADE_KEY)
  branch.setStorage(new Map([...forgotten, [LAST_UPGRADE_KEY, lastUpgrade]]), 'forgets its migrations')
  const parent = branch.head
  const result = await branch.buildBlock()
  const block = { number: parent.number + 1, parent, runtime: settling.runtime, result }
  return { ...settling, blocks: [...settling.blocks, block], head: branch.head }
}
