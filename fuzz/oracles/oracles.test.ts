import { describe, expect, it, vi } from 'vitest'
import { bytesToHex } from '../../harness/base/bytes.ts'
import { devAccount } from '../../harness/codec/index.ts'
import { profileOf } from '../../scenarios/chains/index.ts'
import { INVARIANTS } from '../../scenarios/invariants/index.ts'
import { FastChain } from '../engine/fastChain.ts'
import { emptyTarget } from '../engine/fuzzTarget.testkit.ts'
import { replaySteps } from '../engine/runCase.ts'
import type { CallStep, Step } from '../strategies/step.ts'
import { probeAdmission } from './admissionProbe.ts'
import { createAgreementOracle } from './agreementOracle.ts'
import { createAuthorityOracle } from './authorityOracle.ts'
import { createCostOracle, DEFAULT_COST_LIMITS } from './costOracle.ts'
import { createErrorLogOracle } from './errorLogOracle.ts'
import { createInvariantOracle } from './invariantOracle.ts'
import type { Oracle } from './oracle.ts'
import { panicOracle } from './panicOracle.ts'

const [ALICE, BOB, CHARLIE] = ['//Alice', '//Bob', '//Charlie'].map((path) =>
  bytesToHex(devAccount(path).accountId),
)
vi.setConfig({ testTimeout: 120_000 })
const profile = profileOf('mini-subtensor')

function call(account: string | undefined, name: string, args: CallStep['args'] = null): CallStep {
  return {
    kind: 'call',
    origin: { kind: 'signed', account: account ?? '' },
    pallet: 'SubtensorModule',
    call: name,
    args,
  }
}

const NEXT: Step = { kind: 'blocks', count: 1 }
const ROOT_TEMPO: CallStep = {
  kind: 'call',
  origin: { kind: 'root' },
  pallet: 'SubtensorModule',
  call: 'sudo_set_tempo',
  args: { netuid: 1, tempo: 1 },
}
const EPOCHS: readonly Step[] = [NEXT, NEXT, NEXT, NEXT, NEXT]
/** A subnet of two neurons with an epoch every other block. */
const NEURONS: readonly Step[] = [
  call(ALICE, 'register_network'),
  call(ALICE, 'burned_register', { netuid: 1, hotkey: BOB ?? '' }),
  call(ALICE, 'burned_register', { netuid: 1, hotkey: CHARLIE ?? '' }),
  call(ALICE, 'add_stake', { hotkey: BOB ?? '', amount_staked: '1000000000' }),
  ROOT_TEMPO,
  NEXT,
]
/** One of the neurons gives the other weight. */
const SUBNET: readonly Step[] = [
  ...NEURONS,
  call(BOB, 'set_weights', { netuid: 1, dests: [1], weights: [1], version_key: '0' }),
  ...EPOCHS,
]

const targets = new Map<string, ReturnType<typeof emptyTarget>>()

/** Making a chain takes a second: one for each runtime. */
function targetOf(runtime: string): ReturnType<typeof emptyTarget> {
  const made = targets.get(runtime) ?? emptyTarget(runtime)
  targets.set(runtime, made)
  return made
}

async function keysOf(runtime: string, steps: readonly Step[], oracle: Oracle): Promise<readonly string[]> {
  const target = await targetOf(runtime)
  const chain = FastChain.open(target)
  const opened = await chain.openBlock(target.head)
  if (opened.kind === 'stop') throw new Error(opened.phase)
  const run = await replaySteps(chain, opened.block, { steps, oracles: [oracle] })
  return [...new Set(run.suspicions.map(({ key }) => key))]
}

describe('the authority oracle', () => {
  const tempo = [
    call(ALICE, 'register_network'),
    NEXT,
    call(CHARLIE, 'sudo_set_tempo', { netuid: 1, tempo: 7 }),
  ]

  it('reports a call of root that anybody can make', async () => {
    const keys = await keysOf('no-origin-check', tempo, createAuthorityOracle())
    expect(keys).toEqual(['authority SubtensorModule.sudo_set_tempo'])
  })

  it('reports it beside a runtime that refuses the origin', async () => {
    const control = FastChain.open(await targetOf('v2'))
    expect(await keysOf('no-origin-check', tempo, createAuthorityOracle(control))).toHaveLength(1)
  })

  it('leaves a runtime alone that asks who calls', async () => {
    expect(await keysOf('v2', tempo, createAuthorityOracle())).toEqual([])
  })
})

describe('the error log oracle', () => {
  it('reports an error that a hook logs, and none where there is none', async () => {
    const [faulty, sound] = [
      await keysOf('error-swallowed', [NEXT], createErrorLogOracle(profile)),
      await keysOf('v2', [NEXT], createErrorLogOracle(profile)),
    ]
    expect(faulty).toEqual([expect.stringMatching(/^errorLog runtime::subtensor/)])
    expect(sound).toEqual([])
  })
})

describe('the panic oracle', () => {
  it('tells a panic in a hook by its place, and leaves a sound epoch alone', async () => {
    // Nobody has weights that count: the sum of ranks is zero.
    const steps = [...NEURONS, ...EPOCHS]
    expect(await keysOf('divide-by-zero', steps, panicOracle)).toEqual([
      expect.stringMatching(/^[0-9a-f]{16}$/),
    ])
    expect(await keysOf('v2', steps, panicOracle)).toEqual([])
  })
})

describe('the cost oracle', () => {
  const at = (limits: Partial<typeof DEFAULT_COST_LIMITS>) =>
    keysOf('v2', SUBNET.slice(0, 1), createCostOracle({ ...DEFAULT_COST_LIMITS, ...limits }))

  it('reports what passes a limit, and nothing below', async () => {
    expect(await at({})).toEqual([])
    expect(await at({ blockFuel: 1 })).toContain('fuel A block')
    expect(await at({ heapBytes: 1 })).toContain('heap SubtensorModule.register_network')
    expect(await at({ leastPs: 0, weightFactor: 0.001 })).toEqual(['weight SubtensorModule.register_network'])
    expect(await at({ leastPs: 0, weightFactor: 1_000 })).toEqual([])
  })
})

describe('the invariant oracle', () => {
  const oracleOf = async (runtime: string) => {
    const { runtime: context, head } = await targetOf(runtime)
    const signal = new AbortController().signal
    return createInvariantOracle({
      invariants: INVARIANTS,
      codec: context.codec,
      state: head.state,
      signal,
      every: 1,
    })
  }

  it('reports an issuance that epochs get wrong, and none that they get right', async () => {
    const faulty = await keysOf('issuance-off-by-one', SUBNET, await oracleOf('issuance-off-by-one'))
    expect(faulty.join()).toMatch(/invariant issuance/)
    expect(await keysOf('v2', SUBNET, await oracleOf('v2'))).toEqual([])
  })
})

describe('the agreement oracle', () => {
  const oracleOf = async (runtime: string) => {
    const { executor } = (await targetOf(runtime)).runtime
    return createAgreementOracle({ executor, second: null, every: 1 })
  }

  it('reports a block whose result depends on what the heap held, and no other', async () => {
    const faulty = await keysOf('heap-contents', SUBNET, await oracleOf('heap-contents'))
    expect(faulty.join()).toMatch(/agreement heap contents .*SubtensorModule/)
    expect(await keysOf('v2', SUBNET, await oracleOf('v2'))).toEqual([])
  })
})

describe('what a runtime has to refuse', () => {
  it.each([
    ['v2', []],
    ['no-nonce-check', ['admission nonce']],
    ['no-signature-check', ['admission signature']],
  ])('%s', async (runtime, expected) => {
    const target = await targetOf(runtime)
    const chain = FastChain.open(target)
    const opened = await chain.openBlock(target.head)
    if (opened.kind === 'stop') throw new Error(opened.phase)
    const options = { executor: target.runtime.executor, account: ALICE ?? '' }
    const found = await probeAdmission(chain, opened.block, options)
    expect(found.kind === 'looked' && found.suspicions.map(({ key }) => key)).toEqual(expected)
    const poor = await probeAdmission(chain, opened.block, { ...options, account: `0x${'00'.repeat(32)}` })
    expect(poor.kind).toBe('inconclusive')
  })
})
