import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { decodeDigest } from '../../harness/chain/digestItem.ts'
import { Fork } from '../../harness/chain/fork.ts'
import type { Header } from '../../harness/chain/header.ts'
import type { ItemDiff } from '../../harness/chain/storageDiff.ts'
import type { Upgraded } from '../../harness/chain/upgrade.ts'
import { V8Executor } from '../../harness/runtime/v8/v8Executor.ts'
import { ChainState } from '../../harness/state/chainState.ts'
import { drydock } from './drydock.ts'
import { builtGenesis, fileRuntime } from './realChain.ts'
import { RealData } from './realData.ts'
import { writeRawSpec } from './writeRawSpec.ts'

const data = RealData.open(process.env['DRYDOCK_REAL_DATA'] ?? null)
const LONGEST_MS = 120_000
const executor = new V8Executor({ clock: { nowMs: () => performance.now() } })
afterAll(() => executor.close())

const counts = ({ added, changed, removed }: ItemDiff) => ({ added, changed, removed })

function itemOf({ migration }: Upgraded, item: string) {
  const diff = migration.changes.find((one) => one.item === item)
  return diff === undefined ? null : counts(diff)
}

/** Of the slot's claim, which is the first item. */
function engineOf({ digest }: Header): string | null {
  const [claim] = decodeDigest(digest)
  return claim?.kind === 'preRuntime' ? claim.engine : null
}

describe('an upgrade that leaves Aura for BABE', () => {
  for (const name of ['babePos300', 'babeNpos300'] as const) {
    const reason = data.skipReason('auraDev293', name)
    it.skipIf(reason !== '')(
      `${name}: the first block of the candidate is claimed in BABE's way${reason}`,
      async ({ annotate }) => {
        const store = await builtGenesis(data, 'auraDev293', executor)
        const fork = await Fork.open({ store, executor })
        const result = await fork.upgrade(await fileRuntime(data, name))
        if (result.kind !== 'upgraded') throw new Error(result.kind)
        const engines = [result.codeBlock, result.migrationBlock].map(({ block }) => engineOf(block.header))
        expect(engines).toEqual(['aura', 'BABE'])
        expect(itemOf(result, 'Aura.Authorities')).toEqual({ added: 0, changed: 0, removed: 1 })
        expect(itemOf(result, 'Babe.Authorities')).toEqual({ added: 1, changed: 0, removed: 0 })
        expect(result.migration.logs.map(({ message }) => message)).toContainEqual(
          expect.stringMatching(/^Converting Aura authority "d43593c7/),
        )
        expect(result.migration.logs.filter(({ level }) => level === 1)).toEqual([])
        await annotate(
          `${result.migration.logs.length} log lines, ${result.migration.cost.wallMs.toFixed(0)} ms`,
        )
        store.close()
      },
    )
  }

  const reason = data.skipReason('auraDev293', 'babeNpos300')
  it.skipIf(reason !== '')(
    `is ready, though Aura's list of authorities is empty after it${reason}`,
    {
      timeout: LONGEST_MS,
    },
    async () => {
      const folder = await mkdtemp(join(tmpdir(), 'drydock-babe-'))
      const store = await builtGenesis(data, 'auraDev293', executor)
      const fork = join(folder, 'aura-dev.json')
      await writeRawSpec(fork, ChainState.fromStore(store), 'aura-dev')
      const only = ['--only', 'upgrade.apply,blocks.run']
      const run = await drydock('check', '--fork', fork, '--runtime', data.path('babeNpos300'), ...only)
      expect(run).toMatchObject({
        exitCode: 0,
        stdout: expect.stringMatching(/^READY {2}node-subtensor 293 -> 300\n/),
      })
      store.close()
      await rm(folder, { recursive: true })
    },
  )
})
