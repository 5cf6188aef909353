import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Fork } from '../../harness/chain/fork.ts'
import type { RuntimeBlob } from '../../harness/runtime/blob/index.ts'
import { V8Executor } from '../../harness/runtime/v8/v8Executor.ts'
import type { Store } from '../../harness/state/store/store.ts'
import { contextOn, ranAnswer } from '../../scenarios/checks/checkContext.testkit.ts'
import { storageDecode } from '../../scenarios/checks/storageDecode.ts'
import { storageOrphans } from '../../scenarios/checks/storageOrphans.ts'
import { rehearsedBlocks } from '../../scenarios/rehearsal/rehearsal.ts'
import { builtGenesis, fileRuntime, finneyGenesis, hasFinney, rawSpecRuntime } from './realChain.ts'
import { RealData } from './realData.ts'
import { finneyFiles, REAL_RUNTIMES } from './realRuntimes.ts'

const data = RealData.open(process.env['DRYDOCK_REAL_DATA'] ?? null)
const executor = new V8Executor({ clock: { nowMs: () => performance.now() } })
const LONGEST_MS = 120_000

let genesis: Store | null = null
beforeAll(async () => {
  if (hasFinney(data)) genesis = await finneyGenesis(data)
})
afterAll(async () => {
  genesis?.close()
  await executor.close()
})

async function finneyTo(candidate: RuntimeBlob) {
  if (genesis === null) throw new Error('no genesis')
  return contextOn(await Fork.open({ store: genesis, executor }), { candidate })
}

describe('the state of Finney from its genesis under another runtime', () => {
  it.skipIf(data.skipReason('local181', ...finneyFiles(data)) !== '')(
    `spec 181: 18,619 accounts no longer decode${data.skipReason('local181', ...finneyFiles(data))}`,
    { timeout: LONGEST_MS },
    async ({ annotate }) => {
      const context = await finneyTo(await rawSpecRuntime(data, 'local181'))
      await context.get(rehearsedBlocks)
      const startMs = performance.now()
      const { findings, measures } = await ranAnswer(storageDecode, context)
      const wholeMs = performance.now() - startMs
      expect(findings).toMatchObject([
        {
          rule: 'undecodable',
          title: '18,619 values of System.Account no longer decode (48 bytes stored, 56 expected)',
          facts: { count: 18_619, countBefore: 0, storedBytes: 48, expectedBytes: 56 },
        },
      ])
      await annotate(`${measures?.['keys']} keys in ${wholeMs.toFixed(0)} ms`)
      const orphans = await ranAnswer(storageOrphans, context)
      expect(orphans.findings.map(({ severity, subject }) => `${severity} ${subject}`)).toEqual([
        'warning SubtensorModule.ValidatorBatchSize',
        'warning SubtensorModule.ValidatorEpochLen',
        'warning SubtensorModule.ValidatorEpochsPerReset',
        'warning SubtensorModule.ValidatorSequenceLength',
      ])
    },
  )

  it.skipIf(data.skipReason('substitute143', ...finneyFiles(data)) !== '')(
    `spec 143: everything decodes${data.skipReason('substitute143', ...finneyFiles(data))}`,
    { timeout: LONGEST_MS },
    async () => {
      const context = await finneyTo(await fileRuntime(data, 'substitute143'))
      expect((await ranAnswer(storageDecode, context)).findings).toEqual([])
    },
  )
})

describe('a chain that leaves Aura for BABE', () => {
  const reason = data.skipReason('auraDev293', 'babeNpos300')
  it.skipIf(reason !== '')(`everything decodes, and nothing is left behind${reason}`, async () => {
    const store = await builtGenesis(data, 'auraDev293', executor)
    const candidate = await fileRuntime(data, 'babeNpos300')
    const context = await contextOn(await Fork.open({ store, executor }), { candidate })
    for (const check of [storageDecode, storageOrphans]) {
      expect((await ranAnswer(check, context)).findings, check.id).toEqual([])
    }
    store.close()
  })
})

describe('a real chain that goes on under its own runtime', () => {
  for (const runtime of REAL_RUNTIMES) {
    const reason = runtime.skipReason(data)
    it.skipIf(reason !== '')(
      `${runtime.label}: nothing to say of decoding and orphans${reason}`,
      { timeout: LONGEST_MS },
      async () => {
        const store = await runtime.genesis(data, executor)
        const fork = await Fork.open({ store, executor })
        const upgrade = await runtime.upgrade(data)
        if (upgrade !== null) await fork.upgrade(upgrade)
        const context = await contextOn(fork, { candidate: (await fork.context()).blob })
        for (const check of [storageDecode, storageOrphans]) {
          const { findings } = await ranAnswer(check, context)
          expect(findings, check.id).toEqual([])
        }
        store.close()
      },
    )
  }
})
