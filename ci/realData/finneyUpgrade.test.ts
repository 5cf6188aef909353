import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { proveBlock } from '../../harness/chain/executeBlock.ts'
import { Fork } from '../../harness/chain/fork.ts'
import type { ItemDiff } from '../../harness/chain/storageDiff.ts'
import type { MigrationReport, Upgraded } from '../../harness/chain/upgrade.ts'
import type { RuntimeBlob } from '../../harness/runtime/blob/index.ts'
import { ChopsticksExecutor } from '../../harness/runtime/chopsticks/chopsticksExecutor.ts'
import { V8Executor } from '../../harness/runtime/v8/v8Executor.ts'
import type { Store } from '../../harness/state/store/store.ts'
import { compareBlock } from '../../scenarios/rehearsal/secondOpinion.ts'
import { fileRuntime, finneyGenesis, hasFinney, rawSpecRuntime } from './realChain.ts'
import { RealData } from './realData.ts'
import type { RealFileName } from './realFiles.ts'
import { finneyFiles } from './realRuntimes.ts'

const data = RealData.open(process.env['DRYDOCK_REAL_DATA'] ?? null)
const clock = { nowMs: () => performance.now() }
const v8 = new V8Executor({ clock })
const chopsticks = new ChopsticksExecutor({ clock })
const LONGEST_MS = 180_000

let genesis: Store | null = null
beforeAll(async () => {
  if (hasFinney(data)) genesis = await finneyGenesis(data)
})
afterAll(async () => {
  genesis?.close()
  await v8.close()
  await chopsticks.close()
})

async function upgrade(candidate: RuntimeBlob): Promise<{ fork: Fork; result: Upgraded }> {
  if (genesis === null) throw new Error('no genesis')
  const fork = await Fork.open({ store: genesis, executor: v8 })
  const result = await fork.upgrade(candidate)
  if (result.kind !== 'upgraded') throw new Error(result.kind)
  return { fork, result }
}

/** `Pallet.Item +added ~changed -removed`, the runtime's own counting of blocks left out. */
function counts(changes: readonly ItemDiff[]): readonly string[] {
  return changes
    .filter(({ item }) => !/^(System|Aura|:)/.test(item))
    .map(({ item, added, changed, removed }) => `${item} +${added} ~${changed} -${removed}`)
}

/** What the first `Core_initialize_block` of the candidate did: migrations and `on_initialize`. */
function migrationText({ cost, weight, logs, changes }: MigrationReport): string {
  const { reads, nextKeys, writes } = cost
  return [
    `${reads} reads, ${nextKeys} next keys, ${writes} writes`,
    `declared ref_time ${weight?.total.refTime} of ${weight?.limits?.maxBlock.refTime} ps`,
    ...counts(changes),
    ...logs.map(({ level, target, message }) => `${level} ${target}: ${message}`),
    '',
  ].join('\n')
}

const CANDIDATES: readonly (readonly [number, RealFileName, (name: RealFileName) => Promise<RuntimeBlob>])[] =
  [
    [143, 'substitute143', (name) => fileRuntime(data, name)],
    [181, 'local181', (name) => rawSpecRuntime(data, name)],
    [202, 'local202', (name) => rawSpecRuntime(data, name)],
  ]

describe('Finney, upgraded from its genesis in the order of the chain', () => {
  for (const [specVersion, name, read] of CANDIDATES) {
    const reason = data.skipReason(name, ...finneyFiles(data))
    const title = `from spec 101 to ${specVersion}: changes, logs and weight as known, on both executors${reason}`
    it.skipIf(reason !== '')(title, { timeout: LONGEST_MS }, async ({ annotate }) => {
      const candidate = await read(name)
      const startMs = clock.nowMs()
      const { fork, result } = await upgrade(candidate)
      const wholeMs = clock.nowMs() - startMs
      expect([result.from.specVersion, result.to.specVersion]).toEqual([101, specVersion])
      const runtime = await fork.context()
      const { codeBlock, migrationBlock, migration } = result
      expect(await proveBlock(runtime, codeBlock.head, migrationBlock)).toMatchObject({ holds: true })
      await expect(migrationText(migration)).toMatchFileSnapshot(`golden/finney-${specVersion}.txt`)

      const comparisons = await compareBlock(
        { left: v8, right: chopsticks },
        { result: migrationBlock, runtime },
      )
      expect(comparisons.filter(({ agrees, right }) => !agrees || right.kind !== 'ok')).toEqual([])
      const theirs = comparisons[0]?.right.cost.wallMs.toFixed(0)
      await annotate(
        `${wholeMs.toFixed(0)} ms from block 0 to 2; Core_initialize_block ${migration.cost.wallMs.toFixed(0)} ms, in Chopsticks ${theirs} ms`,
      )
    })
  }
})
