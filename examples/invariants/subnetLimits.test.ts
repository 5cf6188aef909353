import { expect, it } from 'vitest'
import { demoTestContext, ranAnswer } from '../../scenarios/checks/checkContext.testkit.ts'
import { toCheck } from '../../scenarios/invariants/index.ts'
import subnetLimits from './subnetLimits.ts'

const SIZE = { accounts: 50, subnets: 4, uids: 24 }

it('the example invariant holds under the good candidate, and names a subnet that is larger than it may be', async () => {
  const check = toCheck(subnetLimits)
  expect((await ranAnswer(check, await demoTestContext(SIZE, { blockCount: 1 }))).findings).toEqual([])

  const smaller = await demoTestContext(SIZE, {
    blockCount: 1,
    prepare: async (fork) => {
      const { codec } = await fork.context()
      const key = codec.storageKey('SubtensorModule', 'MaxAllowedUids', 2)
      fork.setStorage(
        new Map([[key, codec.encodeValue('SubtensorModule', 'MaxAllowedUids', 15)]]),
        'a smaller limit',
      )
    },
  })
  const { findings, tables } = await ranAnswer(check, smaller)
  expect(findings).toEqual([])
  expect(tables?.[0]?.rows[0]).toContain('Subnet 2 has 16 neurons and may have 15')
})
