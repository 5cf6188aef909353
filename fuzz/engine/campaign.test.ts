import { describe, expect, it } from 'vitest'
import { profileOf } from '../../scenarios/chains/index.ts'
import { stepsToText } from '../corpus/readSteps.ts'
import { createCostOracle } from '../oracles/costOracle.ts'
import { createErrorLogOracle } from '../oracles/errorLogOracle.ts'
import { panicOracle } from '../oracles/panicOracle.ts'
import { Campaign } from './campaign.ts'
import { emptyTarget } from './fuzzTarget.testkit.ts'
import { runCampaign } from './runCampaign.ts'

const profile = profileOf('mini-subtensor')
const oracles = () => [panicOracle, createCostOracle(), createErrorLogOracle(profile)]

async function run(runtime: string, options: { seed: number; executions: number }) {
  const target = await emptyTarget(runtime)
  const kept: string[] = []
  const result = await runCampaign({
    ...options,
    target,
    profile,
    oracles,
    isOver: () => false,
    executor: target.runtime.executor,
    onKept: (steps) => void kept.push(stepsToText(steps)),
  })
  return { ...result, kept }
}

describe('a campaign', { timeout: 120_000 }, () => {
  it('is the same to the byte with the same seed, and another with another', async () => {
    const [first, second, other] = [
      await run('v2', { seed: 7, executions: 1_200 }),
      await run('v2', { seed: 7, executions: 1_200 }),
      await run('v2', { seed: 8, executions: 1_200 }),
    ]
    expect(second).toEqual(first)
    expect(other.kept).not.toEqual(first.kept)
    expect(first.findings).toEqual([])
    expect(first.stats.states).toBeGreaterThan(40)
    expect(first.stats.succeeded).toBeGreaterThan(60)
  })

  it('finds a call without end, and shrinks it to what it needs', async () => {
    const target = await emptyTarget('endless-loop')
    const campaign = await Campaign.open({ target, profile, seed: 4, oracles: [panicOracle] })
    while (campaign.stats.executions < 20_000 && campaign.faults.size === 0) await campaign.runCase()
    const [fault] = campaign.faults.values()
    expect(fault?.suspicion).toMatchObject({ oracle: 'panic', facts: { kind: 'limit: time' } })
    expect(fault?.suspicion.facts['phase']).toMatch(/set_weights$/)
  })

  it('reaches March 2024 from a chain without subnets by extrinsics alone', async () => {
    const target = await emptyTarget('march-2024')
    const campaign = await Campaign.open({ target, profile, seed: 5, oracles: [panicOracle] })
    while (campaign.stats.executions < 60_000 && campaign.faults.size === 0) await campaign.runCase()
    const [fault] = campaign.faults.values()
    expect(fault?.suspicion.title).toMatch(/^initialize .*index out of bounds.*epoch\.rs/)
  })
})
