import { describe, expect, it } from 'vitest'
import type { Fork } from '../../harness/chain/fork.ts'
import type { CheckContext } from '../check/check.ts'
import { answerOf } from '../check/runChecks.ts'
import { blocksSweep } from './blocksSweep.ts'
import {
  demoTestContext,
  miniature,
  ranAnswer,
  type TestContextOptions,
  withSteps,
} from './checkContext.testkit.ts'

const SMALL = { accounts: 20, subnets: 6, uids: 12 }

const contextOf = (name: string, options: TestContextOptions = {}) =>
  demoTestContext(SMALL, { candidate: miniature(name), ...options })

/** The chain runs a runtime with this fault already. */
async function runsAlready(fork: Fork, name: string): Promise<void> {
  fork.setStorage(new Map([[':code', miniature(name).submitted]]), `the chain runs ${name}`)
}

async function sweep(context: CheckContext) {
  const { findings, measures, tables, assumptions } = await ranAnswer(blocksSweep, context)
  return { findings, measures, rows: tables?.[0]?.rows ?? [], assumptions }
}

describe('blocks.sweep', () => {
  it('finds nothing in v2, whose epochs all come', { timeout: 60_000 }, async () => {
    const { findings, measures, rows, assumptions } = await sweep(await contextOf('v2'))
    expect(findings).toEqual([])
    expect(assumptions).toEqual([])
    expect(measures).toMatchObject({ epochsDue: 6, jumps: 0, stoppedWithoutUpgrade: 0 })
    for (let netuid = 1; netuid <= 6; netuid++) {
      expect(rows.map(([unit]) => unit)).toContainEqual(
        expect.stringMatching(new RegExp(`\\bsubnet ${netuid}\\b`)),
      )
    }
  })

  it.each([
    ['march-2024', 'subnet 3', 'pallet/src/epoch.rs', 'the len is 6 but the index is 24'],
    ['divide-by-zero', 'subnet 2', 'pallet/src/yuma.rs', 'attempt to divide by zero'],
    ['full-subnet', 'subnet 1', 'pallet/src/faulty.rs', 'the len is 12 but the index is 12'],
  ])('%s stops the epoch of %s', { timeout: 60_000 }, async (name, unit, file, message) => {
    const { findings } = await sweep(await contextOf(name))
    expect(findings).toHaveLength(1)
    expect(findings[0]).toMatchObject({
      rule: 'stopped',
      severity: 'error',
      title: expect.stringContaining(`The epoch of ${unit}`),
      facts: {
        units: expect.stringMatching(new RegExp(`^${unit}\\b`)),
        reached: 'in order',
        hook: 'on_initialize',
        location: expect.stringContaining(file),
        message: expect.stringContaining(message),
      },
    })
    expect(findings[0]?.evidence.join('\n')).toMatch(/run_block/)
  })

  it('reaches epochs that are due further off by a jump, and says so', { timeout: 60_000 }, async () => {
    const limits = { sweepBlocks: 3 }
    const good = await sweep(await contextOf('v2', { limits }))
    expect(good).toMatchObject({
      findings: [],
      measures: { jumps: 6 },
      assumptions: [expect.stringMatching(/^6 block\(s\) \(.*\) were reached by a jump: /)],
    })
    expect(good.rows.map((row) => row[2])).toEqual(Array(6).fill('built'))
    const { findings } = await sweep(await contextOf('march-2024', { limits }))
    expect(findings).toEqual([
      expect.objectContaining({
        rule: 'stopped',
        facts: expect.objectContaining({ units: 'subnet 3', reached: 'by a jump (assumed)' }),
      }),
    ])
  })

  it('names the heap that runs out, and the unit', { timeout: 60_000 }, async () => {
    const context = await demoTestContext(
      { accounts: 0, subnets: 1, uids: 4_096 },
      { candidate: miniature('dense-heap') },
    )
    expect((await sweep(context)).findings).toEqual([
      expect.objectContaining({
        rule: 'stopped',
        title: expect.stringMatching(/^The epoch of subnet 1 stops the chain: .*allocator ran out of space/),
      }),
    ])
  })

  it('warns of a heap that is nearly full, unless it was before', { timeout: 60_000 }, async () => {
    const warn = (name: string, heapWarnShare: number) =>
      demoTestContext(
        { accounts: 0, subnets: 1, uids: 1_024 },
        { candidate: miniature(name), limits: { heapWarnShare } },
      )
    expect((await sweep(await warn('dense-heap', 0.05))).findings).toEqual([
      expect.objectContaining({ rule: 'heap', severity: 'warning', subject: 'subnet 1' }),
    ])
    expect((await sweep(await warn('v2', 0.05))).findings).toEqual([])
    expect((await sweep(await warn('v2', 0.000_01))).findings).toEqual([])
  })

  it('does not blame the candidate for what stops without it', { timeout: 60_000 }, async () => {
    const prepare = (fork: Fork) => runsAlready(fork, 'march-2024')
    const { findings } = await sweep(await contextOf('march-2024', { prepare }))
    expect(findings).toEqual([
      expect.objectContaining({
        rule: 'stopsAnyway',
        severity: 'error',
        title: expect.stringContaining('as it does without the upgrade'),
      }),
    ])
    const byJump = await sweep(await contextOf('march-2024', { prepare, limits: { sweepBlocks: 3 } }))
    expect(byJump.findings).toEqual([expect.objectContaining({ rule: 'stopsAnyway', severity: 'warning' })])
  })

  it('has nothing against a candidate that heals the chain', { timeout: 60_000 }, async () => {
    const prepare = (fork: Fork) => runsAlready(fork, 'march-2024')
    const { findings, measures } = await sweep(await contextOf('v2', { prepare }))
    expect(findings).toEqual([])
    expect(measures).toMatchObject({ stoppedWithoutUpgrade: 1 })
  })

  it('blames nobody for a block in which nothing was due', { timeout: 60_000 }, async () => {
    const { findings } = await sweep(await contextOf('panic-at-height:12'))
    expect(findings).toEqual([
      expect.objectContaining({
        title: expect.stringMatching(/^The chain stops: block 12, initialize: .*seeded panic at block 12/),
      }),
    ])
  })

  it('says which errors the candidate logs and the chain does not', { timeout: 60_000 }, async () => {
    expect((await sweep(await contextOf('error-swallowed'))).findings).toEqual([
      expect.objectContaining({ rule: 'errorLog', subject: 'runtime::subtensor' }),
    ])
    const prepare = (fork: Fork) => runsAlready(fork, 'error-swallowed')
    expect((await sweep(await contextOf('error-swallowed', { prepare }))).findings).toEqual([])
    // Nothing to compare with is not proof of guilt.
    const stopped = (fork: Fork) => runsAlready(fork, 'panic-at-height:2')
    expect((await sweep(await contextOf('error-swallowed', { prepare: stopped }))).findings).toEqual([
      expect.objectContaining({ rule: 'errorLog', severity: 'warning' }),
    ])
  })

  it('says which epoch is due and never runs', { timeout: 60_000 }, async () => {
    const context = await contextOf('v2')
    const { dueEpochs } = context.profile
    if (dueEpochs === null) throw new Error('no epochs')
    const silent: typeof dueEpochs = (codec, state, number) =>
      dueEpochs(codec, state, number).map((epoch) => {
        const isCandidate = codec.item('SubtensorModule', 'OwnedHotkeys') !== null
        return isCandidate && epoch.unit === 'subnet 2' ? { ...epoch, trace: 'nobody writes this' } : epoch
      })
    const { findings } = await sweep(
      withSteps({ ...context, profile: { ...context.profile, dueEpochs: silent } }),
    )
    expect(findings).toEqual([
      expect.objectContaining({
        rule: 'missed',
        subject: 'subnet 2',
        title: expect.stringMatching(
          /^The epoch of subnet 2 ran in block 6 without the upgrade, but in none/,
        ),
      }),
    ])
  })

  it('does not look where the profile does not understand the candidate', { timeout: 60_000 }, async () => {
    const context = await contextOf('v2')
    const { dueEpochs } = context.profile
    const profile = {
      ...context.profile,
      dueEpochs: ((codec, state, number) =>
        codec.item('SubtensorModule', 'OwnedHotkeys') === null
          ? (dueEpochs?.(codec, state, number) ?? [])
          : []) satisfies typeof dueEpochs,
    }
    expect(await answerOf(blocksSweep, withSteps({ ...context, profile }))).toMatchObject({
      kind: 'inconclusive',
    })
  })

  it('does not apply to a chain without periodic work', { timeout: 60_000 }, async () => {
    const context = await contextOf('v2')
    const profile = { ...context.profile, dueEpochs: null }
    expect(await answerOf(blocksSweep, withSteps({ ...context, profile }))).toMatchObject({
      kind: 'notApplicable',
      reason: expect.stringContaining('Session.CurrentIndex'),
    })
  })
})
