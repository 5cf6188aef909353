import { beforeAll, describe, expect, it } from 'vitest'
import { Fork } from '../../harness/chain/fork.ts'
import {
  type PublishedMetadata,
  publishedCodec,
} from '../../harness/codec/metadata/metadataFixture.testkit.ts'
import { V8Executor } from '../../harness/runtime/v8/v8Executor.ts'
import type { Check } from '../check/check.ts'
import { answerOf } from '../check/runChecks.ts'
import { openDemoChain } from '../demo/chain/index.ts'
import { callsStored } from './callsStored.ts'
import { checkTestContext, contextOn, miniature, ranAnswer } from './checkContext.testkit.ts'
import { metadataDiff } from './metadataDiff.ts'
import { storageTypes } from './storageTypes.ts'

let fork: Fork

beforeAll(async () => {
  const { store } = await openDemoChain({ accounts: 100, subnets: 4, uids: 24 })
  fork = await Fork.open({ store, executor: new V8Executor({ clock: { nowMs: () => performance.now() } }) })
}, 60_000)

async function run(check: Check, candidate: string) {
  return ranAnswer(check, await contextOn(fork, { candidate: miniature(candidate) }))
}

describe.each([metadataDiff, storageTypes, callsStored])('$id', (check) => {
  it('finds nothing in the good candidate', async () => {
    expect((await run(check, 'v2')).findings).toEqual([])
  })
})

describe('metadata.diff', () => {
  it('makes one finding of pallets whose indices metadata before V12 did not tell', async () => {
    const context = await contextOn(fork)
    const between = async (older: PublishedMetadata, newer: PublishedMetadata) => {
      const value = { ...context.current, codec: publishedCodec(newer) }
      // SAFETY: the check asks the catalog for the candidate and nothing else of the fork.
      const other = {
        head: fork.head,
        catalog: { of: async () => ({ kind: 'ok', value }) },
      } as unknown as typeof fork
      const current = { ...context.current, codec: publishedCodec(older) }
      const { findings } = await ranAnswer(metadataDiff, { ...context, fork: other, current })
      return findings.filter(({ rule }) => rule === 'palletMoved').map(({ subject }) => subject)
    }
    expect(await between('v11', 'v12')).toEqual(['pallet indices'])
    expect((await between('v12', 'v13')).includes('pallet indices')).toBe(false)
  })

  it('shows what is new and what changed in the good candidate', async () => {
    const rows = (await run(metadataDiff, 'v2')).tables?.[0]?.rows ?? []
    expect(rows.map((row) => row.slice(0, 3).join(' '))).toEqual([
      'call SubtensorModule.try_associate_hotkey added',
      'event SubtensorModule.HotkeyAssociated added',
      'storage SubtensorModule.ActivityCutoff type',
      'storage SubtensorModule.OwnedHotkeys added',
    ])
  })

  it('names an entry point of wallets that is gone', async () => {
    const { findings } = await run(metadataDiff, 'runtime-api')
    expect(findings).toContainEqual(
      expect.objectContaining({
        rule: 'entryPointGone',
        severity: 'error',
        subject: 'AccountNonceApi_account_nonce',
      }),
    )
  })

  it('names calls that change places, with both indices', async () => {
    const { findings } = await run(metadataDiff, 'call-index')
    expect(findings.map(({ rule, subject }) => `${rule} ${subject}`)).toEqual([
      'callMoved call SubtensorModule.sudo_set_tempo',
      'callMoved call SubtensorModule.sudo_set_max_allowed_uids',
    ])
    expect(findings[0]?.title).toMatch(/has a different index: \d+, \d+, now \d+, \d+$/)
  })

  it('names the argument of a call that is encoded differently', async () => {
    const { findings } = await run(metadataDiff, 'call-encoding')
    expect(findings.map(({ title }) => title)).toEqual([
      'The call SubtensorModule.set_weights takes different arguments: version_key: u64, now version_key: u32',
    ])
  })

  it('names a pallet that is gone', async () => {
    const { findings } = await run(metadataDiff, 'removed-pallet')
    expect(findings).toMatchObject([
      { rule: 'palletGone', severity: 'warning', subject: 'pallet Commitments' },
    ])
  })

  it('warns when the length of a slot changes', async () => {
    const { findings } = await run(metadataDiff, 'slot-duration')
    expect(findings.map(({ subject }) => subject)).toContain('constant Timestamp.MinimumPeriod')
  })
})

describe('storage.types', () => {
  it.each([
    ['type-same-width', 'scaleChanged', /written as u64 and are read as i64/],
    ['type-wider', 'typeChanged', /written as u64 and are read as u128/],
  ])('reports %s, with item, count and samples', async (name, rule, title) => {
    const { findings } = await run(storageTypes, name)
    expect(findings).toMatchObject([
      { rule, severity: 'error', subject: 'SubtensorModule.Burn', title: expect.stringMatching(title) },
    ])
    expect(findings[0]?.facts['values']).toBe(4)
    expect(findings[0]?.evidence[0]).toMatch(/^SubtensorModule\.Burn\(1\): 0x[0-9a-f]{16} is /)
  })

  it('fails when the migration that rewrites the values is not run', async () => {
    const { findings } = await run(storageTypes, 'migration-not-wired')
    expect(findings).toMatchObject([{ rule: 'typeChanged', subject: 'SubtensorModule.ActivityCutoff' }])
  })
})

describe('calls.stored', () => {
  it('says what a scheduled call was and what it becomes', async () => {
    const { findings } = await run(callsStored, 'call-index')
    const titles = findings.map(({ title }) => title)
    expect(titles).toContainEqual(
      expect.stringMatching(
        /^The call kept in Scheduler\.Agenda\(40\) is SubtensorModule\.sudo_set_tempo\(.*\) and becomes SubtensorModule\.sudo_set_max_allowed_uids\(/,
      ),
    )
    // The batch that waits as a preimage holds two such calls.
    expect(titles).toContainEqual(
      expect.stringMatching(/^The call kept in Preimage\.PreimageFor\(.*Utility\.batch_all/),
    )
    expect(findings.every(({ severity }) => severity === 'error')).toBe(true)
  })

  it('counts the calls it can read, and what is only a hash', async () => {
    expect((await run(callsStored, 'v2')).measures).toEqual({ calls: 3, gone: 0, 'Multisig.Multisigs': 1 })
  })

  it('does not apply where no call is kept', async () => {
    expect(await answerOf(callsStored, await checkTestContext())).toMatchObject({ kind: 'notApplicable' })
  })
})
