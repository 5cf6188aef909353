import { afterAll, describe, expect, it } from 'vitest'
import type { BuiltBlock } from '../../harness/chain/build/blockBuilder.ts'
import { proveBlock } from '../../harness/chain/executeBlock.ts'
import { Fork } from '../../harness/chain/fork.ts'
import type { RuntimeContext } from '../../harness/chain/runtimeContext.ts'
import { ChopsticksExecutor } from '../../harness/runtime/chopsticks/chopsticksExecutor.ts'
import type { Outcome } from '../../harness/runtime/executor.ts'
import { V8Executor } from '../../harness/runtime/v8/v8Executor.ts'
import type { Store } from '../../harness/state/store/store.ts'
import { compareBlock } from '../../scenarios/rehearsal/secondOpinion.ts'
import { RealData } from './realData.ts'
import { REAL_RUNTIMES, type RealRuntime } from './realRuntimes.ts'

const BLOCKS = 10
/** The interpreter takes up to two seconds a block; DRYDOCK_COMPARED_BLOCKS=10 compares all. */
const COMPARED_BLOCKS = Number(process.env['DRYDOCK_COMPARED_BLOCKS'] ?? 3)
const LONGEST_MS = 180_000

const data = RealData.open(process.env['DRYDOCK_REAL_DATA'] ?? null)
const clock = { nowMs: () => performance.now() }
const v8 = new V8Executor({ clock })
const chopsticks = new ChopsticksExecutor({ clock })
afterAll(async () => {
  await v8.close()
  await chopsticks.close()
})

/** The calls of a block with instructions counted, in which nothing else may differ; how many there were. */
async function countInstructions(
  { blob, callOptions }: RuntimeContext,
  { phases }: BuiltBlock,
): Promise<number> {
  let sum = 0
  for (const { entryPoint, input, state, outcome } of phases) {
    const options = { ...callOptions, countInstructions: true }
    const counted = await v8.call({ blob, entryPoint, input, state, options })
    expect(counted.kind).toBe('ok')
    if (counted.kind !== 'ok' || outcome.kind !== 'ok') continue
    expect([counted.output, [...counted.changes]]).toEqual([outcome.output, [...outcome.changes]])
    const { instructions = 0, ...cost } = counted.cost
    expect({ ...cost, wallMs: 0 }).toEqual({ ...outcome.cost, wallMs: 0 })
    sum += instructions
  }
  return sum
}

/** At the runtime's own block: of a runtime that no state has, after the upgrade to it. */
async function openFork(runtime: RealRuntime, store: Store): Promise<Fork> {
  const fork = await Fork.open({ store, executor: v8 })
  const candidate = await runtime.upgrade(data)
  if (candidate !== null) expect(await fork.upgrade(candidate)).toMatchObject({ kind: 'upgraded' })
  return fork
}

async function nextBlock(fork: Fork): Promise<BuiltBlock> {
  const result = await fork.buildBlock()
  if (result.kind === 'failed') throw new Error(result.message)
  return result
}

function median(times: readonly number[]): string {
  return ([...times].sort((a, b) => a - b)[times.length >> 1] ?? 0).toFixed(2)
}

function sumMs(outcomes: readonly Outcome[]): number {
  return outcomes.reduce((sum, { cost }) => sum + cost.wallMs, 0)
}

describe(`${BLOCKS} blocks in a row on real runtimes, each proved, ${COMPARED_BLOCKS} with a second opinion`, () => {
  for (const runtime of REAL_RUNTIMES) {
    const reason = runtime.skipReason(data)
    it.skipIf(reason !== '')(`${runtime.label}${reason}`, { timeout: LONGEST_MS }, async ({ annotate }) => {
      const store = await runtime.genesis(data, v8)
      const fork = await openFork(runtime, store)
      const context = await fork.context()
      expect(context.version).toMatchObject({
        specName: runtime.specName,
        specVersion: runtime.specVersion,
      })
      const parents = [fork.head]
      const built: BuiltBlock[] = []
      while (built.length < BLOCKS) {
        built.push(await nextBlock(fork))
        parents.push(fork.head)
      }
      expect(fork.head.number).toBe((parents[0]?.number ?? 0) + BLOCKS)
      const interpreterMs: number[] = []
      for (const [i, result] of built.entries()) {
        const parent = parents[i] ?? fork.head
        expect(await proveBlock(context, parent, result)).toMatchObject({ holds: true })
        if (i >= COMPARED_BLOCKS) continue
        const comparisons = await compareBlock({ left: v8, right: chopsticks }, { result, runtime: context })
        expect(comparisons).toHaveLength(result.phases.length)
        expect(comparisons.filter(({ agrees, right }) => !agrees || right.kind !== 'ok')).toEqual([])
        interpreterMs.push(sumMs(comparisons.map(({ right }) => right)))
      }
      const last = built.at(-1)
      if (last === undefined) throw new Error('no block was built')
      const instructions = await countInstructions(context, last)
      expect(instructions).toBeGreaterThan(10_000)
      expect(await countInstructions(context, last)).toBe(instructions)
      const ownMs = built.map(({ phases }) => sumMs(phases.map(({ outcome }) => outcome)))
      const times = `median ${median(ownMs)} ms a block in V8, ${median(interpreterMs)} ms in Chopsticks`
      await annotate(`${times}; ${instructions} instructions in the last`)
      store.close()
    })
  }
})
