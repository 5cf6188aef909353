import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Fork } from '../../harness/chain/fork.ts'
import type { ChainInput } from '../../harness/codec/index.ts'
import { V8Executor } from '../../harness/runtime/v8/v8Executor.ts'
import type { Changes } from '../../harness/state/stateView.ts'
import type { Store } from '../../harness/state/store/store.ts'
import { SUBTENSOR_INVARIANTS } from '../chains/subtensor/invariants/index.ts'
import type { CheckContext } from '../check/check.ts'
import { answerOf } from '../check/runChecks.ts'
import { contextOn, given, miniature, ranAnswer, withSteps } from '../checks/checkContext.testkit.ts'
import { openDemoChain } from '../demo/chain/index.ts'
import { rehearsedBlocks } from '../rehearsal/rehearsal.ts'
import { defineInvariant, INVARIANTS, type Invariant, toCheck } from './index.ts'

const ALL = [...INVARIANTS, ...SUBTENSOR_INVARIANTS]

const DEMO = { accounts: 50, subnets: 4, uids: 24 }
/** Long enough for an epoch of the subnets whose tempo is 8 to 10. */
const EPOCHS = 10
const PALLET = 'SubtensorModule'

type Row = readonly [
  item: readonly [string, string],
  keys: readonly ChainInput[],
  value: ChainInput | 'absent',
]

function invariant(id: string): Invariant {
  const found = ALL.find((one) => one.id === id)
  if (found === undefined) throw new Error(`no invariant ${id}`)
  return found
}

const executor = new V8Executor({ clock: { nowMs: () => performance.now() } })
let store: Store
beforeAll(async () => {
  store = (await openDemoChain(DEMO)).store
}, 60_000)
afterAll(async () => {
  await executor.close()
  store.close()
})

async function demo(candidate: string, blockCount = 2, prepare?: (fork: Fork) => Promise<void>) {
  const prepared = prepare === undefined ? {} : { prepare }
  const fork = await Fork.open({ store, executor })
  return contextOn(fork, { candidate: miniature(candidate), blockCount, ...prepared })
}

async function rows(fork: Fork, list: readonly Row[]): Promise<Changes> {
  const { codec } = await fork.context()
  return new Map(
    list.map(([[pallet, item], keys, value]) => [
      codec.storageKey(pallet, item, ...keys),
      value === 'absent' ? null : codec.encodeValue(pallet, item, value),
    ]),
  )
}

/** As if the last block under the candidate had written these rows. */
async function withOutcome(context: CheckContext, list: readonly Row[]): Promise<CheckContext> {
  const changes = await rows(context.fork, list)
  const all = await context.get(rehearsedBlocks)
  const blocks = all.map((block, index) => {
    if (index !== all.length - 1 || block.result.kind !== 'built') return block
    const state = block.result.head.state.with(changes).seal()
    return { ...block, result: { ...block.result, head: { ...block.result.head, state } } }
  })
  return withSteps(context, given(rehearsedBlocks, blocks))
}

async function titlesOf(id: string, context: CheckContext): Promise<readonly string[]> {
  return (await ranAnswer(toCheck(invariant(id)), context)).findings.map(({ title }) => title)
}

it('every invariant holds for the good candidate through the epochs of the demo chain', async () => {
  const context = await demo('v2', EPOCHS)
  for (const one of ALL) {
    const answer = await ranAnswer(toCheck(one), context)
    expect(answer, one.id).toMatchObject({ findings: [], measures: { moments: 3, undecodable: 0 } })
  }
})

describe('invariants.issuance', () => {
  it('sees a rao that an epoch books and does not pay', async () => {
    const { findings } = await ranAnswer(
      toCheck(invariant('issuance')),
      await demo('issuance-off-by-one', EPOCHS),
    )
    expect(findings).toMatchObject([
      {
        check: 'invariants.issuance',
        rule: 'broken',
        severity: 'error',
        subject: 'SubtensorModule.TotalIssuance',
        title: expect.stringMatching(
          /^SubtensorModule\.TotalIssuance is [1-9] rao above the sum of balances and stake after the last block .*; before the upgrade it held$/,
        ),
      },
    ])
  })

  it('sees balances that do not add up', async () => {
    const context = await demo('v2')
    const total = await issuanceOf(context)
    const titles = await titlesOf(
      'issuance',
      await withOutcome(context, [[['Balances', 'TotalIssuance'], [], total + 5n]]),
    )
    expect(titles).toEqual([
      expect.stringMatching(/^Balances\.TotalIssuance is 5 above the sum of the balances of 5\d accounts/),
      expect.stringMatching(/^SubtensorModule\.TotalIssuance is 5 rao below/),
    ])
  })

  it('says once what was off before, and fails when it gets worse', async () => {
    const broken = async (fork: Fork) => {
      const { codec } = await fork.context()
      const bytes = fork.head.state.get(codec.storageKey(PALLET, 'TotalIssuance'))
      const known = bytes === null ? null : codec.decodeValue(PALLET, 'TotalIssuance', bytes)
      const total = known?.kind === 'value' ? BigInt(String(known.value)) : 0n
      fork.setStorage(await rows(fork, [[[PALLET, 'TotalIssuance'], [], total + 7n]]), 'seven rao too many')
    }
    const check = toCheck(invariant('issuance'))
    const same = await ranAnswer(check, await demo('v2', 2, broken))
    expect(same.findings).toEqual([])
    expect(same.tables?.[0]?.rows).toEqual([
      [
        'SubtensorModule.TotalIssuance',
        1,
        'before the upgrade',
        'SubtensorModule.TotalIssuance is 7 rao above the sum of balances and stake',
      ],
    ])
    const worse = await ranAnswer(check, await demo('issuance-off-by-one', EPOCHS, broken))
    expect(worse.findings).toMatchObject([
      { rule: 'worse', title: expect.stringMatching(/before the upgrade it was off by 7$/) },
    ])
  })
})

async function issuanceOf(context: CheckContext): Promise<bigint> {
  const last = (await context.get(rehearsedBlocks)).at(-1)
  if (last?.result.kind !== 'built') throw new Error('no block')
  const { codec } = last.runtime
  const bytes = last.result.head.state.get(codec.storageKey('Balances', 'TotalIssuance'))
  const decoded = bytes === null ? null : codec.decodeValue('Balances', 'TotalIssuance', bytes)
  return decoded?.kind === 'value' ? BigInt(String(decoded.value)) : 0n
}

describe('invariants.stake', () => {
  it('names the coldkeys whose stake went to another', async () => {
    const { findings } = await ranAnswer(toCheck(invariant('stake')), await demo('stake-wrong-owner'))
    expect(findings).toMatchObject([
      {
        subject: 'SubtensorModule.TotalColdkeyStake',
        facts: { violations: 2 },
        title: expect.stringMatching(
          / rao (above|below) the sum of its stakes \(and 1 more\) after the migration block \(block 2\)/,
        ),
      },
    ])
    expect(findings[0]?.evidence).toHaveLength(2)
  })

  it('sees totals that fit no stake', async () => {
    const titles = await titlesOf(
      'stake',
      await withOutcome(await demo('v2'), [
        [[PALLET, 'TotalStake'], [], 1n],
        [[PALLET, 'TotalHotkeyStake'], [account(9)], 3n],
      ]),
    )
    expect(titles).toEqual([
      expect.stringMatching(/^SubtensorModule\.TotalStake is [\d,]+ rao below the sum of all stakes/),
      expect.stringMatching(
        /^SubtensorModule\.TotalHotkeyStake of 5\w+ is 3 rao above the sum of its stakes/,
      ),
    ])
  })
})

describe('invariants.uids', () => {
  it('sees gaps, keys past the end, hotkeys without their uid, and vectors of another length', async () => {
    const titles = await titlesOf(
      'uids',
      await withOutcome(await demo('v2'), [
        [[PALLET, 'Keys'], [3, 2], 'absent'],
        [[PALLET, 'Keys'], [3, 6], account(9)],
        [[PALLET, 'Rank'], [2], [1, 2, 3]],
      ]),
    )
    expect(titles).toEqual([
      expect.stringMatching(/^SubtensorModule\.Keys of subnet 3 lacks 2 of its 6 uids \(and 1 more\)/),
      expect.stringMatching(/^SubtensorModule\.Uids of subnet 3 says that 5\w+ is uid 2, and Keys does not/),
      expect.stringMatching(/^SubtensorModule\.Rank of subnet 2 has 3 elements, and the subnet 16 neurons/),
    ])
  })
})

describe('invariants.weights', () => {
  it('shows rows that a larger subnet left before, and reports new ones', async () => {
    const check = toCheck(invariant('weights'))
    const { tables } = await ranAnswer(check, await demo('v2'))
    expect(tables?.[0]?.rows).toEqual([
      [
        'SubtensorModule.Weights',
        4,
        'before the upgrade',
        expect.stringMatching(/uid \d+ of subnet 3, which has 6 neurons/),
      ],
      [
        'SubtensorModule.Bonds',
        4,
        'before the upgrade',
        expect.stringMatching(/uid \d+ of subnet 3, which has 6 neurons/),
      ],
    ])
    const titles = await titlesOf(
      'weights',
      await withOutcome(await demo('v2'), [
        [[PALLET, 'Weights'], [2, 16], [[0, 1]]],
        [
          [PALLET, 'Bonds'],
          [2, 3],
          [
            [0, 1],
            [16, 1],
          ],
        ],
      ]),
    )
    expect(titles).toEqual([
      expect.stringMatching(
        /^SubtensorModule\.Weights has a row of uid 16 of subnet 2, which has 16 neurons after/,
      ),
      expect.stringMatching(
        /^SubtensorModule\.Bonds of uid 3 of subnet 2, which has 16 neurons, is on uid 16 after/,
      ),
    ])
  })
})

describe('invariants.accounts', () => {
  it('sees consumers without provider, freezes without lock, and holds that nothing is reserved for', async () => {
    const data = { free: 5n, reserved: 1n, frozen: 0n, flags: 0n }
    const info = { nonce: 0, consumers: 0, providers: 1, sufficients: 0, data }
    const account1 = [['System', 'Account'], [account(1)], { ...info, consumers: 1, providers: 0 }] as const
    const account2 = [
      ['System', 'Account'],
      [account(2)],
      { ...info, data: { ...data, frozen: 3n } },
    ] as const
    const account3 = [['System', 'Account'], [account(3)], info] as const
    const reserves = [
      ['Balances', 'Reserves'],
      [account(3)],
      [{ id: `0x${'00'.repeat(8)}`, amount: 4n }],
    ] as const
    const context = await withOutcome(await demo('v2'), [account1, account2, account3, reserves])
    const titles = await titlesOf('accounts', context)
    expect(titles.toSorted()).toEqual([
      expect.stringMatching(/^System\.Account 5\w+ has 1 consumers and no provider/),
      expect.stringMatching(/^The holds and reserves of 5\w+ are 3 above what is reserved of it/),
      expect.stringMatching(/^What is frozen of 5\w+ is 3 above its largest lock or freeze/),
    ])
  })
})

const OWN = { title: 'It holds', why: 'A chain needs it.', applies: () => true }

describe('an invariant of a user', () => {
  it('does not apply to a chain that has nothing for it, and is inconclusive where it looks for what is not there', async () => {
    const context = await demo('v2')
    const other = defineInvariant({
      ...OWN,
      id: 'other',
      applies: (codec) => codec.hasPallet('Babe'),
      async *check() {
        yield* []
      },
    })
    expect(await answerOf(toCheck(other), context)).toMatchObject({ kind: 'notApplicable' })
    const misspelled = defineInvariant({
      ...OWN,
      id: 'misspelled',
      async *check(state) {
        for await (const entry of state.entries('System', 'Account')) entry.integer('data', 'fre')
        yield* []
      },
    })
    expect(await answerOf(toCheck(misspelled), context)).toMatchObject({
      kind: 'inconclusive',
      reason: expect.stringContaining('no integer at data.fre of a stored value'),
    })
  })

  it('is not held against the candidate where the same blocks break it without the upgrade', async () => {
    const moving = defineInvariant({
      ...OWN,
      id: 'moving',
      async *check(state) {
        const excess = state.integer('System', 'Number')
        if (excess > 0n) yield { subject: 'System.Number', message: `System.Number is ${excess}`, excess }
        await Promise.resolve()
      },
    })
    const { findings, tables } = await ranAnswer(toCheck(moving), await demo('v2'))
    expect(findings).toEqual([])
    expect(tables?.[0]?.rows).toEqual([['System.Number', 1, 'without the upgrade too', 'System.Number is 6']])
  })
})

function account(byte: number): string {
  return `0x${byte.toString(16).padStart(2, '0').repeat(32)}`
}
