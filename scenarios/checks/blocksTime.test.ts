import { describe, expect, it } from 'vitest'
import type { BuildResult } from '../../harness/chain/build/blockBuilder.ts'
import type { Fork } from '../../harness/chain/fork.ts'
import type { DemoOptions } from '../demo/chain/index.ts'
import { sweptBlocks } from '../sweep/index.ts'
import { blocksTime } from './blocksTime.ts'
import {
  demoTestContext,
  findingsOf,
  given,
  miniature,
  ranAnswer,
  type TestContextOptions,
  withSteps,
} from './checkContext.testkit.ts'

const SMALL = { accounts: 20, subnets: 6, uids: 24 }
const LARGE = { accounts: 0, subnets: 1, uids: 256 }

const contextOf = (name: string, size: DemoOptions, options: TestContextOptions = {}) =>
  demoTestContext(size, { candidate: miniature(name), ...options })

const chainRuns = (name: string) => async (fork: Fork) => {
  fork.setStorage(new Map([[':code', miniature(name).submitted]]), `the chain runs ${name}`)
}

describe('blocks.time', () => {
  it('finds nothing in v2, and shows each block', { timeout: 60_000 }, async () => {
    for (const size of [SMALL, LARGE]) {
      const { findings, measures, tables } = await ranAnswer(blocksTime, await contextOf('v2', size))
      expect(findings).toEqual([])
      expect(measures).toMatchObject({ timesAreOf: 'this machine' })
      expect(tables?.[0]?.rows.length).toBe(measures?.['blocks'])
    }
  })

  it('says which epoch takes many times as long as before', { timeout: 60_000 }, async () => {
    expect(await findingsOf(blocksTime, await contextOf('cubic-epoch', LARGE))).toEqual([
      expect.objectContaining({
        rule: 'slower',
        severity: 'error',
        subject: 'subnet 1',
        title: expect.stringMatching(/^Block \d+ \(subnet 1\) takes [\d.]+ times as long/),
      }),
    ])
    const before = await contextOf('cubic-epoch', LARGE, { prepare: chainRuns('cubic-epoch') })
    expect(await findingsOf(blocksTime, before)).toEqual([])
  })

  it('says which block passes its share of the slot', { timeout: 60_000 }, async () => {
    const at = async (limits: TestContextOptions['limits']) =>
      findingsOf(
        blocksTime,
        await contextOf('cubic-epoch', LARGE, { limits: { ...limits, slowdownFactor: 1_000 } }),
      )
    const slow = expect.objectContaining({ rule: 'slow', severity: 'error', subject: 'subnet 1' })
    expect(await at({ blockWarnMs: 100, blockFailMs: 150 })).toEqual([slow])
    const near = expect.objectContaining({ rule: 'slow', severity: 'warning', subject: 'subnet 1' })
    expect(await at({ blockWarnMs: 100, blockFailMs: 60_000 })).toEqual([near])
  })

  it('says when the weight of an epoch is no longer declared', { timeout: 60_000 }, async () => {
    expect(await findingsOf(blocksTime, await contextOf('epoch-free-weight', SMALL))).toEqual([
      expect.objectContaining({
        rule: 'undeclared',
        severity: 'error',
        subject: 'on_initialize',
        facts: expect.objectContaining({ units: expect.stringContaining('subnet 1') }),
      }),
    ])
  })

  it('has nothing against a chain that never declared it', { timeout: 60_000 }, async () => {
    const prepare = chainRuns('epoch-free-weight')
    expect(await findingsOf(blocksTime, await contextOf('epoch-free-weight', SMALL, { prepare }))).toEqual([])
    expect(await findingsOf(blocksTime, await contextOf('v2', SMALL, { prepare }))).toEqual([])
  })

  it('says which block has accesses for more than a whole block', { timeout: 60_000 }, async () => {
    const context = await contextOf('v2', SMALL)
    const needed = await context.get(sweptBlocks)
    const sweep = needed.kind === 'there' ? needed.value : null
    const last = sweep?.blocks.at(-1)
    if (sweep === null || last === undefined) throw new Error('no sweep')
    const costly = { ...last.candidate, result: withWrites(last.candidate.result, 60_000) }
    const blocks = [...sweep.blocks.slice(0, -1), { ...last, candidate: costly }]
    const swept = withSteps(context, given(sweptBlocks, { kind: 'there', value: { ...sweep, blocks } }))
    expect(await findingsOf(blocksTime, swept)).toEqual([
      expect.objectContaining({
        rule: 'aboveLimit',
        severity: 'error',
        title: expect.stringMatching(/above the 4000 ms of a whole block; without the upgrade [\d.]+ ms$/),
      }),
    ])
  })
})

/** The block with other costs of its first call. */
function withWrites(result: BuildResult, writes: number): BuildResult {
  const phases = result.phases.map((phase, i) => {
    const { outcome } = phase
    return i === 0 ? { ...phase, outcome: { ...outcome, cost: { ...outcome.cost, writes } } } : phase
  })
  return { ...result, phases }
}
