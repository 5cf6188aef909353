import { afterAll, describe, expect, it } from 'vitest'
import { blake2_256 } from '../../harness/base/hash.ts'
import { Fork } from '../../harness/chain/fork.ts'
import type { RuntimeBlob } from '../../harness/runtime/blob/index.ts'
import { V8Executor } from '../../harness/runtime/v8/v8Executor.ts'
import type { Store } from '../../harness/state/store/store.ts'
import type { CheckContext } from '../../scenarios/check/check.ts'
import { blocksRun } from '../../scenarios/checks/blocksRun.ts'
import { blocksSweep } from '../../scenarios/checks/blocksSweep.ts'
import { blocksTime } from '../../scenarios/checks/blocksTime.ts'
import { contextOn, ranAnswer } from '../../scenarios/checks/checkContext.testkit.ts'
import { governanceRehearsal } from '../../scenarios/checks/governanceRehearsal.ts'
import { candidateBlocks } from '../../scenarios/rehearsal/rehearsal.ts'
import { subnetWithLeftoverWeights } from './leftoverWeights.ts'
import { finneyGenesis, rawGenesis, rawSpecRuntime } from './realChain.ts'
import { RealData } from './realData.ts'
import { finneyFiles } from './realRuntimes.ts'

const data = RealData.open(process.env['DRYDOCK_REAL_DATA'] ?? null)
const LONGEST_MS = 120_000
const executor = new V8Executor({ clock: { nowMs: () => performance.now() } })
const stores: Store[] = []
afterAll(async () => {
  for (const store of stores) store.close()
  await executor.close()
})

async function contextOf(
  store: Store,
  candidate: RuntimeBlob,
  prepare?: (fork: Fork) => Promise<void>,
): Promise<CheckContext> {
  stores.push(store)
  const fork = await Fork.open({ store, executor })
  return contextOn(fork, { candidate, blockCount: 10, ...(prepare === undefined ? {} : { prepare }) })
}

/** The units in which something was due, and the block, in order. */
async function dueIn(context: CheckContext): Promise<readonly string[]> {
  const { findings, tables } = await ranAnswer(blocksSweep, context)
  expect(findings).toEqual([])
  return (tables?.[0]?.rows ?? []).map(([unit, block]) => `${unit}: ${block}`)
}

describe('a whole period of real chains', () => {
  for (const [from, to] of [
    ['raonet204', 'raonet205'],
    ['raonet205', 'raonet218'],
  ] as const) {
    const reason = data.skipReason(from, to)
    it.skipIf(reason !== '')(
      `${from} to ${to}: every subnet's epoch runs when the profile says, and nothing is found${reason}`,
      { timeout: LONGEST_MS },
      async () => {
        const context = await contextOf(await rawGenesis(data, from), await rawSpecRuntime(data, to))
        expect(await dueIn(context)).toEqual(expect.arrayContaining(['subnet 0: 99']))
        for (const check of [blocksRun, blocksTime, governanceRehearsal]) {
          expect((await ranAnswer(check, context)).findings, check.id).toEqual([])
        }
        // The runtime's own record of its last epochs; the profile must not be one block off.
        const sequence = await context.get(candidateBlocks)
        const last = (await sequence?.first(98))?.at(-1)
        if (last?.result.kind !== 'built') throw new Error('block 99 could not be built')
        const { state } = last.result.head
        const { codec } = last.runtime
        const stored = state.get(codec.storageKey('SubtensorModule', 'LastMechansimStepBlock', 0))
        expect(
          stored && codec.decodeValue('SubtensorModule', 'LastMechansimStepBlock', stored),
        ).toMatchObject({ value: '99' })
      },
    )
  }

  const finneyReason = data.skipReason('local181', ...finneyFiles(data))
  it.skipIf(finneyReason !== '')(
    `Finney's genesis stops in block 95 under spec 101, and not under 181${finneyReason}`,
    { timeout: LONGEST_MS },
    async () => {
      const context = await contextOf(await finneyGenesis(data), await rawSpecRuntime(data, 'local181'))
      const { findings, measures } = await ranAnswer(blocksSweep, context)
      expect(findings).toEqual([])
      expect(measures).toMatchObject({ epochsDue: 1, stoppedWithoutUpgrade: 1 })
    },
  )

  const marchReason = data.skipReason('local119')
  it.skipIf(marchReason !== '')(
    `March 2024 is the chain's own, and named with its subnet${marchReason}`,
    { timeout: LONGEST_MS },
    async () => {
      const prepare = async (fork: Fork) => {
        const { codec } = await fork.context()
        fork.setStorage(subnetWithLeftoverWeights(codec), 'a subnet with a row left over')
      }
      const store = await rawGenesis(data, 'local119')
      const context = await contextOf(store, await rawSpecRuntime(data, 'local119'), prepare)
      expect((await ranAnswer(blocksSweep, context)).findings).toEqual([
        expect.objectContaining({
          rule: 'stopsAnyway',
          title: expect.stringMatching(
            /^The epoch of subnet 5 stops the chain, as it does without the upgrade: block 7, initialize: .*epoch\.rs:552/,
          ),
        }),
      ])
    },
  )

  const westendReason = data.skipReason('westend')
  it.skipIf(westendReason !== '')(
    `Westend ends sessions by its slots, and no era, as its genesis says${westendReason}`,
    { timeout: LONGEST_MS },
    async () => {
      const context = await contextOf(
        await rawGenesis(data, 'westend'),
        await rawSpecRuntime(data, 'westend'),
      )
      expect((await dueIn(context))[0]).toBe('session: 13')
      expect((await ranAnswer(blocksSweep, context)).measures).toMatchObject({
        sessionsEnded: 13,
        erasEnded: 0,
      })
    },
  )

  const coretimeReason = data.skipReason('coretime', 'collectives')
  it.skipIf(coretimeReason !== '')(
    `Coretime ends sessions by its height, and hands new code to its relay chain${coretimeReason}`,
    { timeout: LONGEST_MS },
    async () => {
      const store = await rawGenesis(data, 'coretime')
      const same = await contextOf(store, await rawSpecRuntime(data, 'coretime'))
      expect(await dueIn(same)).toEqual(['session: 1800', 'session: 3600'])

      // Another chain's runtime: it need not run to be handed over.
      const candidate = await rawSpecRuntime(data, 'collectives')
      const call = same.current.codec.encodeCall('System', 'authorize_upgrade_without_checks', {
        code_hash: blake2_256(candidate.submitted),
      })
      const proposal = { call, origin: 'root' } as const
      expect(await ranAnswer(governanceRehearsal, { ...same, candidate, proposal })).toMatchObject({
        findings: [],
        measures: { awaitsRelayChain: true },
      })
      expect((await ranAnswer(governanceRehearsal, { ...same, candidate })).findings).toEqual([
        expect.objectContaining({ rule: 'refused' }),
      ])
    },
  )
})
