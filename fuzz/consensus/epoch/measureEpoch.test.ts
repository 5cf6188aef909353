import { afterAll, describe, expect, it } from 'vitest'
import { Fork } from '../../../harness/chain/fork.ts'
import type { CallRequest, Executor, Outcome } from '../../../harness/runtime/executor.ts'
import { V8Executor } from '../../../harness/runtime/v8/v8Executor.ts'
import { openDemoChain } from '../../../scenarios/demo/chain/index.ts'
import { measureEpoch } from './measureEpoch.ts'

const v8 = new V8Executor({ clock: { nowMs: () => performance.now() } })
const { store } = await openDemoChain({ subnets: 1, uids: 4, accounts: 4 })
afterAll(() => {
  v8.close()
  store.close()
})

const open = (executor: Executor) => Fork.open({ store, executor })
const LIMIT = {
  kind: 'limit',
  limit: 'time',
  message: 'too long',
  entryPoint: 'Core_initialize_block',
  stack: [],
  logs: [],
  denied: [],
} as const
const OPTIONS = { netuid: 1, sizes: [8, 16, 24, 32, 40], validators: 8 }

/** The executor with its answers to one kind of call changed. */
function changed(
  when: (request: CallRequest) => boolean,
  change: (outcome: Outcome, count: number) => Outcome,
): Executor {
  let count = 0
  return {
    name: 'v8',
    supports: v8.supports,
    call: async (request) => {
      const outcome = await v8.call(request)
      return when(request) ? change(outcome, count++) : outcome
    },
    close: async () => {},
  }
}

describe('measureEpoch, on the miniature runtime', () => {
  it('counts the same instructions in two runs, more for more neurons, by a law', async () => {
    const measured = await measureEpoch(await open(v8), OPTIONS)
    if (measured.kind !== 'measured') throw new Error(measured.message)
    expect(measured.sizes.map(({ n, weights }) => [n, weights])).toEqual([
      [8, 28],
      [16, 120],
      [24, 184],
      [32, 248],
      [40, 312],
    ])
    const fuel = measured.sizes.map((size) => size.fuel)
    expect(fuel).toEqual(fuel.toSorted((one, other) => one - other))
    expect(measured.law?.worstError).toBeLessThan(0.1)
  })

  it('says so when two runs differ by one instruction', async () => {
    const differs = changed(
      ({ options }) => options?.countInstructions === true,
      (outcome, count) => {
        const { instructions = 0 } = outcome.cost
        return { ...outcome, cost: { ...outcome.cost, instructions: instructions + (count === 3 ? 1 : 0) } }
      },
    )
    const measured = await measureEpoch(await open(differs), OPTIONS)
    expect(measured).toMatchObject({ kind: 'broken', fault: 'nondeterministic', n: 16, sizes: [{ n: 8 }] })
  })

  it('says so when the epoch panics', async () => {
    const panics = changed(
      ({ entryPoint }) => entryPoint === 'Core_initialize_block',
      ({ cost }) => ({ ...LIMIT, cost }),
    )
    const measured = await measureEpoch(await open(panics), OPTIONS)
    expect(measured).toMatchObject({
      kind: 'broken',
      fault: 'panic',
      n: 8,
      message: 'stopped by the time limit: too long',
    })
  })

  it('says so when no block runs the whole epoch', async () => {
    const idle = changed(
      ({ entryPoint }) => entryPoint === 'Core_initialize_block',
      (outcome) => (outcome.kind === 'ok' ? { ...outcome, changes: new Map() } : outcome),
    )
    const measured = await measureEpoch(await open(idle), { ...OPTIONS, sizes: [8] })
    expect(measured).toMatchObject({ kind: 'noEpoch', n: 8 })
  })
})
