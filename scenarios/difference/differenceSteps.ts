import { DrydockError } from '../../harness/base/errors.ts'
import { defineNeed, defineStep, type Needed } from '../check/step.ts'
import { compareRuntimeApis } from './apis/apis.ts'
import type { ComparedApis } from './apis/compareApis.ts'
import type { Difference } from './difference.ts'
import { type ComparedHeights, compareHeights } from './horizon/heights.ts'
import { comparePopulation, type Population } from './population/population.ts'
import { StateRun } from './state/stateRun.ts'
import { compareTraffic, type Traffic } from './traffic/traffic.ts'
import { compareUsedChain } from './traffic/usedChain.ts'
import { compareUserBlocks, type UserBlocks } from './traffic/userBlocks.ts'
import { Twin } from './twin/twin.ts'
import { tryWayOut, type WayOut } from './wayOut/wayOut.ts'

/** What was compared of the states, up to the first horizon. */
export interface ComparedStates {
  /** To go on from. */
  readonly states: StateRun
  readonly differences: readonly Difference[]
  readonly blocks: number
}

/** Blocks after the upgrade beside the same blocks without it. */
export const stateRunStep = defineNeed(
  'the state with and without the upgrade',
  async (run): Promise<Needed<ComparedStates>> => {
    const { fork, candidate, limits, signal, progress } = run
    try {
      const states = new StateRun(await Twin.start(fork, candidate))
      await states.advanceTo(limits.differenceBlocks, { signal, progress })
      return { kind: 'there', value: { states, differences: states.differences(), blocks: states.blocks } }
    } catch (error) {
      if (error instanceof DrydockError && error.code === 'TWIN_START')
        return { kind: 'missing', reason: error.message }
      throw error
    }
  },
)

/** Both sides where the migrations are done. */
const settledTwin = defineStep('both runtimes after the migrations', async (run): Promise<Needed<Twin>> => {
  const states = await run.get(stateRunStep)
  if (states.kind === 'missing') return states
  const { settled } = states.value.states
  return settled === null
    ? { kind: 'missing', reason: 'the migrations do not finish: see upgrade.settle and difference.state' }
    : { kind: 'there', value: settled }
})

/** Upgrading the upgraded chain once more. */
export const wayOutStep = defineNeed('the next upgrade', async (run): Promise<Needed<WayOut | null>> => {
  const twin = await run.get(settledTwin)
  if (twin.kind === 'missing') return twin
  run.progress('upgrading once more')
  return { kind: 'there', value: await tryWayOut(run, twin.value.branch()) }
})

/** For each call; more when none of them succeeds. */
const ATTEMPTS = 40

/** Every call of every pallet under both runtimes. */
export const trafficStep = defineNeed('calls under both runtimes', async (run): Promise<Needed<Traffic>> => {
  const twin = await run.get(settledTwin)
  if (twin.kind === 'missing') return twin
  run.progress('making every call under both runtimes')
  const traffic = await compareTraffic({ twin: twin.value.branch(), attempts: ATTEMPTS, signal: run.signal })
  return traffic === null
    ? { kind: 'missing', reason: 'the chain stops: see blocks.run' }
    : { kind: 'there', value: traffic }
})

/** Blocks with users in them under both runtimes. */
export const userBlocksStep = defineNeed('blocks with users', async (run): Promise<Needed<UserBlocks>> => {
  const [twin, traffic] = [await run.get(settledTwin), await run.get(trafficStep)]
  if (twin.kind === 'missing') return twin
  if (traffic.kind === 'missing') return traffic
  const { calls } = traffic.value
  const { fork, candidate, signal } = run
  const blocks = await compareUserBlocks({ twin: twin.value.branch(), calls, signal })
  const used = await compareUsedChain({ fork, candidate, calls, signal })
  const differences = [...blocks.differences, ...unknownTo(blocks.differences, used)]
  return { kind: 'there', value: { ...blocks, differences } }
})

/** Blocks in which each unit of a collection is due once. */
const POPULATION_BLOCKS = 120

/** Full collections, and heights that matter. */
export interface ComparedEdges {
  readonly population: Population | null
  readonly heights: ComparedHeights
}

export const edgesStep = defineNeed('the edges', async (run): Promise<Needed<ComparedEdges>> => {
  const twin = await run.get(settledTwin)
  if (twin.kind === 'missing') return twin
  const { signal } = run
  run.progress('filling collections to their limits and past them')
  const blocks = POPULATION_BLOCKS
  const population = await comparePopulation({ twin: twin.value.branch(), blocks, signal })
  run.progress('jumping to heights that matter')
  const heights = await compareHeights({ twin: twin.value, signal })
  return { kind: 'there', value: { population, heights } }
})

/** Every runtime API under both runtimes. */
export const apisStep = defineNeed(
  'runtime APIs under both runtimes',
  async (run): Promise<Needed<ComparedApis>> => {
    const [twin, traffic] = [await run.get(settledTwin), await run.get(trafficStep)]
    if (twin.kind === 'missing') return twin
    if (traffic.kind === 'missing') return traffic
    const { pool, calls } = traffic.value
    const value = await compareRuntimeApis({ twin: twin.value.branch(), pool, calls, signal: run.signal })
    return { kind: 'there', value }
  },
)

/** Differences that another step has not told already. */
export function unknownTo(
  known: readonly Difference[],
  differences: readonly Difference[],
): readonly Difference[] {
  const names = new Set(known.map(({ kind, subject }) => `${kind} ${subject}`))
  return differences.filter(({ kind, subject }) => !names.has(`${kind} ${subject}`))
}
