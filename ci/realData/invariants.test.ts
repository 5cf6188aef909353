import { afterAll, describe, expect, it } from 'vitest'
import { Fork } from '../../harness/chain/fork.ts'
import { V8Executor } from '../../harness/runtime/v8/v8Executor.ts'
import { SUBTENSOR_INVARIANTS } from '../../scenarios/chains/subtensor/invariants/index.ts'
import type { CheckContext } from '../../scenarios/check/check.ts'
import { answerOf } from '../../scenarios/check/runChecks.ts'
import { contextOn, ranAnswer } from '../../scenarios/checks/checkContext.testkit.ts'
import { INVARIANTS, toCheck } from '../../scenarios/invariants/index.ts'
import { fileRuntime, finneyGenesis, rawSpecRuntime } from './realChain.ts'
import { RealData } from './realData.ts'
import { finneyFiles, REAL_RUNTIMES } from './realRuntimes.ts'

const ALL = [...INVARIANTS, ...SUBTENSOR_INVARIANTS]

const data = RealData.open(process.env['DRYDOCK_REAL_DATA'] ?? null)
const executor = new V8Executor({ clock: { nowMs: () => performance.now() } })
const LONGEST_MS = 120_000
const BLOCKS = 10
afterAll(() => executor.close())

async function titlesOf(id: string, context: CheckContext): Promise<readonly string[]> {
  const invariant = ALL.find((one) => one.id === id)
  if (invariant === undefined) throw new Error(`no invariant ${id}`)
  return (await ranAnswer(toCheck(invariant), context)).findings.map(({ title }) => title)
}

describe('the invariants', () => {
  for (const runtime of REAL_RUNTIMES) {
    const reason = runtime.skipReason(data)
    const title = `of ${runtime.label}: nothing to say when it goes on under its own runtime${reason}`
    it.skipIf(reason !== '')(title, { timeout: LONGEST_MS }, async () => {
      const store = await runtime.genesis(data, executor)
      const fork = await Fork.open({ store, executor })
      const upgrade = await runtime.upgrade(data)
      if (upgrade !== null) await fork.upgrade(upgrade)
      const { blob } = await fork.context()
      const context = await contextOn(fork, { candidate: blob, blockCount: BLOCKS })
      for (const invariant of ALL) {
        const answer = await answerOf(toCheck(invariant), context)
        if (answer.kind !== 'notApplicable') expect(answer).toMatchObject({ kind: 'ran', findings: [] })
      }
      store.close()
    })
  }

  const reason143 = data.skipReason('substitute143', ...finneyFiles(data))
  it.skipIf(reason143 !== '')(
    `of Finney's genesis hold under spec 143${reason143}`,
    { timeout: LONGEST_MS },
    async () => {
      const store = await finneyGenesis(data)
      const candidate = await fileRuntime(data, 'substitute143')
      const context = await contextOn(await Fork.open({ store, executor }), { candidate })
      for (const { id } of ALL) expect(await titlesOf(id, context), id).toEqual([])
      store.close()
    },
  )

  const reason181 = data.skipReason('local181', ...finneyFiles(data))
  it.skipIf(reason181 !== '')(
    `of Finney's genesis under spec 181, which reads no balance any more${reason181}`,
    { timeout: LONGEST_MS },
    async () => {
      const store = await finneyGenesis(data)
      const candidate = await rawSpecRuntime(data, 'local181')
      const context = await contextOn(await Fork.open({ store, executor }), { candidate })
      expect(await titlesOf('issuance', context)).toEqual([
        'Balances.TotalIssuance is 1,819,812,196,185,399 above the sum of the balances of 0 accounts after the migration block (block 2); before the upgrade it held',
      ])
      expect(await titlesOf('stake', context)).toEqual([
        expect.stringMatching(/^SubtensorModule\.TotalColdkeyStake of 5\w+ is .* \(and 369 more\)/),
      ])
      for (const id of ['uids', 'weights', 'accounts']) expect(await titlesOf(id, context), id).toEqual([])
      store.close()
    },
  )
})
