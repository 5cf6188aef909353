import { afterAll, describe, expect, it } from 'vitest'
import { Fork } from '../../harness/chain/fork.ts'
import type { RuntimeBlob } from '../../harness/runtime/blob/index.ts'
import { V8Executor } from '../../harness/runtime/v8/v8Executor.ts'
import type { Store } from '../../harness/state/store/store.ts'
import { contextOn, findingsOf, ranAnswer } from '../../scenarios/checks/checkContext.testkit.ts'
import { upgradeCost } from '../../scenarios/checks/upgradeCost.ts'
import { upgradeIdempotent } from '../../scenarios/checks/upgradeIdempotent.ts'
import { upgradeInventory } from '../../scenarios/checks/upgradeInventory.ts'
import { upgradeSettle } from '../../scenarios/checks/upgradeSettle.ts'
import { codeVersions, versionsOfFirstBlock } from '../../scenarios/migrations/codeVersions.ts'
import { builtGenesis, fileRuntime, finneyGenesis, rawGenesis, rawSpecRuntime } from './realChain.ts'
import { RealData } from './realData.ts'
import type { RealFileName } from './realFiles.ts'
import { finneyFiles } from './realRuntimes.ts'

const data = RealData.open(process.env['DRYDOCK_REAL_DATA'] ?? null)
const executor = new V8Executor({ clock: { nowMs: () => performance.now() } })
const LONGEST_MS = 120_000
afterAll(() => executor.close())

interface Case {
  readonly title: string
  readonly needs: readonly RealFileName[]
  genesis(): Promise<Store>
  candidate(): Promise<RuntimeBlob>
  /** `rule subject` of what upgrade.settle, .inventory and .idempotent find. */
  readonly finds: readonly string[]
}

const raw = (from: RealFileName, to: RealFileName) => ({
  needs: [from, to],
  genesis: () => rawGenesis(data, from),
  candidate: () => rawSpecRuntime(data, to),
})

const CASES: readonly Case[] = [
  {
    title: 'Finney 101 to 143',
    needs: [...finneyFiles(data), 'substitute143'],
    genesis: () => finneyGenesis(data),
    candidate: () => fileRuntime(data, 'substitute143'),
    finds: [],
  },
  {
    title: 'Finney 101 to 202',
    needs: [...finneyFiles(data), 'local202'],
    genesis: () => finneyGenesis(data),
    candidate: () => rawSpecRuntime(data, 'local202'),
    // The code says version 6; the migrations go on to 8, and set 6 again whenever they run.
    finds: ['versionDiffers SubtensorModule', 'changesAgain SubtensorModule.TotalSubnetTAO'],
  },
  { title: '204 to 205', ...raw('raonet204', 'raonet205'), finds: [] },
  { title: '205 to 218', ...raw('raonet205', 'raonet218'), finds: [] },
  // With Ethereum, which keeps a hash for each block from then on: growth, no backfill.
  { title: '185 to 218', ...raw('local185', 'raonet218'), finds: [] },
  {
    title: '293 to 300',
    needs: ['auraDev293', 'babePos300'],
    genesis: () => builtGenesis(data, 'auraDev293', executor),
    candidate: () => fileRuntime(data, 'babePos300'),
    finds: [],
  },
]

async function contextOf(one: Case) {
  const fork = await Fork.open({ store: await one.genesis(), executor })
  return contextOn(fork, { candidate: await one.candidate() })
}

describe('migrations of real upgrades', () => {
  for (const one of CASES) {
    const reason = data.skipReason(...one.needs)
    it.skipIf(reason !== '')(
      `${one.title}: one by one, settled, as often as they should${reason}`,
      { timeout: LONGEST_MS },
      async () => {
        const context = await contextOf(one)
        const { tables } = await ranAnswer(upgradeCost, context)
        const rows = (tables?.[0]?.rows ?? []).map((row) =>
          row.filter((_, column) => column !== 1).join(' | '),
        )
        const name = one.title.toLowerCase().replaceAll(' ', '-')
        await expect(`${rows.join('\n')}\n`).toMatchFileSnapshot(`golden/migrations-${name}.txt`)
        const found = []
        for (const check of [upgradeSettle, upgradeInventory, upgradeIdempotent]) {
          found.push(...(await findingsOf(check, context)))
        }
        expect(found.map(({ rule, subject }) => `${rule} ${subject}`)).toEqual(one.finds)
      },
    )
  }

  const reason = data.skipReason('raonet218')
  it.skipIf(reason !== '')(
    `218: storage versions of a first block over nothing are those of a genesis${reason}`,
    async () => {
      const fork = await Fork.open({ store: await rawGenesis(data, 'raonet218'), executor })
      const runtime = await fork.context()
      const genesis = await codeVersions(runtime)
      expect(genesis).toMatchObject({ how: 'genesis', versions: { size: 26 } })
      expect((await versionsOfFirstBlock(runtime))?.versions).toEqual(genesis.versions)
    },
  )
})
