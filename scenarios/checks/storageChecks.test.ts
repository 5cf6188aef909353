import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Fork } from '../../harness/chain/fork.ts'
import { V8Executor } from '../../harness/runtime/v8/v8Executor.ts'
import type { Changes } from '../../harness/state/stateView.ts'
import type { Store } from '../../harness/state/store/store.ts'
import type { Check } from '../check/check.ts'
import { answerOf } from '../check/runChecks.ts'
import { openDemoChain } from '../demo/chain/index.ts'
import { rehearsedBlocks } from '../rehearsal/rehearsal.ts'
import {
  checkTestContext,
  contextOn,
  given,
  miniature,
  ranAnswer,
  withSteps,
} from './checkContext.testkit.ts'
import { ownerlessStake } from './ownerlessStake.testkit.ts'
import { storageDecode } from './storageDecode.ts'
import { storageOrphans } from './storageOrphans.ts'

const DEMO = { accounts: 50, subnets: 4, uids: 24 }
/** So many that the last of them is after the migrations of v2 are done. */
const BLOCKS = 8
const CHECKS: readonly Check[] = [storageDecode, storageOrphans]

const executor = new V8Executor({ clock: { nowMs: () => performance.now() } })
let store: Store
beforeAll(async () => {
  store = (await openDemoChain(DEMO)).store
}, 60_000)
afterAll(async () => {
  await executor.close()
  store.close()
})

async function demo(candidate: string, prepare?: (fork: Fork) => Promise<void>) {
  const prepared = prepare === undefined ? {} : { prepare }
  const fork = await Fork.open({ store, executor })
  return contextOn(fork, { candidate: miniature(candidate), blockCount: BLOCKS, ...prepared })
}

function put(make: (fork: Fork) => Promise<Changes>) {
  return async (fork: Fork) => fork.setStorage(await make(fork), 'a prepared state')
}

/** The demo chain, whose settled state has been changed by hand. */
async function afterwards(candidate: string, change: (context: Awaited<ReturnType<typeof demo>>) => Changes) {
  const context = await demo(candidate)
  const all = await context.get(rehearsedBlocks)
  const blocks = all.map((block, index) => {
    if (index !== all.length - 1 || block.result.kind !== 'built') return block
    const state = block.result.head.state.with(change(context)).seal()
    return { ...block, result: { ...block.result, head: { ...block.result.head, state } } }
  })
  return withSteps(context, given(rehearsedBlocks, blocks))
}

describe.each(CHECKS.map((check) => [check.id, check] as const))('%s', (_, check) => {
  it('finds nothing in the good candidate on the demo chain, and shows nothing', async () => {
    const { findings, tables } = await ranAnswer(check, await demo('v2'))
    expect({ findings, tables }).toEqual({ findings: [], tables: [] })
  })

  it('is inconclusive when the upgrade fails', async () => {
    const context = await checkTestContext({
      candidate: miniature('migration-panic'),
      prepare: ownerlessStake,
    })
    expect(await answerOf(check, context)).toMatchObject({
      kind: 'inconclusive',
      reason: 'the upgrade failed, see upgrade.apply',
    })
  })
})

describe('storage.decode', () => {
  it('names item, count, sizes and rows of values that no longer decode', async () => {
    const { findings } = await ranAnswer(storageDecode, await demo('type-wider'))
    expect(findings).toMatchObject([
      {
        rule: 'undecodable',
        severity: 'error',
        subject: 'SubtensorModule.Burn',
        title: '4 values of SubtensorModule.Burn no longer decode (8 bytes stored, 16 expected)',
        facts: { count: 4, storedBytes: 8, expectedBytes: 16 },
      },
    ])
    expect(findings[0]?.evidence).toHaveLength(4)
    expect(findings[0]?.evidence[0]).toMatch(
      /^SubtensorModule\.Burn\(1\): 8 bytes 0x[0-9a-f]{16}: needs 16 bytes at 0, 8 left$/,
    )
  })

  it('sees a migration that was never called', async () => {
    const { findings } = await ranAnswer(storageDecode, await demo('migration-not-wired'))
    expect(findings.map(({ title }) => title)).toEqual([
      '4 values of SubtensorModule.ActivityCutoff no longer decode (2 bytes stored, 4 expected)',
    ])
  })

  it('sees bytes that a value leaves over', async () => {
    const { findings } = await ranAnswer(storageDecode, await demo('trailing-bytes'))
    expect(findings).toMatchObject([
      {
        rule: 'trailingBytes',
        subject: 'SubtensorModule.ActivityCutoff',
        title: '4 values of SubtensorModule.ActivityCutoff decode with 4 bytes left over (8 bytes stored)',
      },
    ])
  })

  it('sees keys that do not belong to the item, and a single value', async () => {
    const context = await afterwards('v2', ({ current: { codec } }) => {
      const burn = codec.storagePrefix('SubtensorModule', 'Burn')
      const added = codec.storageKey('SubtensorModule', 'NetworksAdded', 77)
      return new Map([
        [`${burn}\x01`, new Uint8Array(8)],
        [`${burn}\x01\x00\x00`, new Uint8Array(8)],
        [added, new Uint8Array([2])],
      ])
    })
    const { findings } = await ranAnswer(storageDecode, context)
    expect(findings.map(({ rule, title, evidence }) => ({ rule, title, first: evidence[0] }))).toEqual([
      {
        rule: 'malformedKey',
        title: '2 keys under SubtensorModule.Burn are no longer valid keys of it',
        first: expect.stringMatching(/^SubtensorModule\.Burn 0x[0-9a-f]{66}: needs 2 bytes at 0, 1 left$/),
      },
      {
        rule: 'undecodable',
        title: '1 value of SubtensorModule.NetworksAdded no longer decodes (1 byte stored, 1 expected)',
        first: 'SubtensorModule.NetworksAdded(77): 1 bytes 0x02: bool at 0 is 2, neither 0 nor 1',
      },
    ])
  })

  it('does not blame the candidate for what did not decode before, and shows it', async () => {
    const prepare = put(async (fork) => {
      const { codec } = await fork.context()
      return new Map([
        [codec.storageKey('SubtensorModule', 'NetworkRegisteredAt', 3), new Uint8Array(7)],
        [codec.storageKey('SubtensorModule', 'Kappa', 3), new Uint8Array(3)],
        [`${codec.storagePrefix('SubtensorModule', 'Kappa')}\x01`, new Uint8Array(2)],
      ])
    })
    const { findings, tables } = await ranAnswer(storageDecode, await demo('v2', prepare))
    expect(findings).toEqual([])
    expect(tables?.[0]?.rows.toSorted()).toEqual([
      ['SubtensorModule.Kappa', 'leaves bytes over', 1, 'as before the upgrade'],
      ['SubtensorModule.Kappa', 'not a valid key of the item', 1, 'as before the upgrade'],
      ['SubtensorModule.NetworkRegisteredAt', 'does not decode', 1, 'as before the upgrade'],
    ])
  })

  it('does not blame it for more of an item whose values never decoded', async () => {
    const prepare = put(async (fork) => {
      const { codec } = await fork.context()
      return new Map([[codec.storageKey('SubtensorModule', 'LastTxBlock', account(1)), new Uint8Array(3)]])
    })
    const context = await afterwards('v2', ({ current: { codec } }) => {
      return new Map([[codec.storageKey('SubtensorModule', 'LastTxBlock', account(2)), new Uint8Array(3)]])
    })
    expect((await ranAnswer(storageDecode, context)).findings).toHaveLength(1)
    await prepare(context.fork)
    const again = withSteps(context, given(rehearsedBlocks, context.get(rehearsedBlocks)))
    expect((await ranAnswer(storageDecode, again)).findings).toEqual([])
  })

  it('leaves out what a block writes for its own readers, as try-runtime does not', async () => {
    const context = await afterwards('v2', ({ current: { codec } }) => {
      return new Map([[codec.storageKey('System', 'Events'), new Uint8Array([4, 9, 9, 9])]])
    })
    const { findings, tables } = await ranAnswer(storageDecode, context)
    expect(findings).toEqual([])
    expect(tables?.[0]?.rows).toEqual([['System.Events', 'does not decode', 1, 'written anew in each block']])
  })
})

describe('storage.orphans', () => {
  it('names a pallet that is gone, with what it leaves behind', async () => {
    const { findings, tables } = await ranAnswer(storageOrphans, await demo('removed-pallet'))
    expect(findings).toMatchObject([
      {
        rule: 'removedPallet',
        severity: 'error',
        subject: 'Commitments',
        title: expect.stringMatching(
          /^The pallet Commitments was removed and leaves 4 keys \(\d+ bytes\) behind$/,
        ),
      },
    ])
    expect(findings[0]?.evidence[0]).toMatch(/^Commitments\.CommitmentOf: 4 keys .* the first 0x/)
    expect(tables?.[0]?.rows).toEqual([['Commitments', ':__STORAGE_VERSION__:', 1, 0, 34]])
  })

  it('warns of an item that is gone and whose keys stay', async () => {
    const context = await demo('v2')
    const blocks = (await context.get(rehearsedBlocks)).map((block) => ({
      ...block,
      runtime: { ...block.runtime, codec: withoutItem(block.runtime.codec, 'Kappa') },
    }))
    const { findings } = await ranAnswer(storageOrphans, withSteps(context, given(rehearsedBlocks, blocks)))
    expect(findings).toMatchObject([
      {
        rule: 'removedItem',
        severity: 'warning',
        subject: 'SubtensorModule.Kappa',
        title: 'The storage item SubtensorModule.Kappa was removed and leaves 4 keys (144 bytes) behind',
      },
    ])
  })

  it('shows keys that nobody knows, and passes over child tries and well-known keys', async () => {
    const prepare = put(
      async () =>
        new Map([
          ['\x01'.repeat(40), new Uint8Array(4)],
          [':nobody', new Uint8Array(1)],
        ]),
    )
    const context = await demo('v2', prepare)
    const { findings, tables } = await ranAnswer(storageOrphans, context)
    expect(findings).toEqual([])
    expect(tables?.[0]?.rows).toEqual([[`0x${'01'.repeat(16)}`, `0x${'01'.repeat(16)}`, 1, 0, 44]])
  })
})

type Codec = Awaited<ReturnType<typeof demo>>['current']['codec']

function withoutItem(codec: Codec, item: string): Codec {
  const pallets = codec.metadata.pallets.map((pallet) => {
    return { ...pallet, storage: new Map([...pallet.storage].filter(([name]) => name !== item)) }
  })
  return { ...codec, metadata: { ...codec.metadata, pallets } }
}

function account(byte: number): string {
  return `0x${byte.toString(16).padStart(2, '0').repeat(32)}`
}
