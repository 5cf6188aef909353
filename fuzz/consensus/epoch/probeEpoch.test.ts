import { afterAll, describe, expect, it } from 'vitest'
import { Fork } from '../../../harness/chain/fork.ts'
import { CODE_KEY } from '../../../harness/chain/plainKey.ts'
import { V8Executor } from '../../../harness/runtime/v8/v8Executor.ts'
import { demoRuntime, openDemoChain } from '../../../scenarios/demo/chain/index.ts'
import { probeEpoch } from './probeEpoch.ts'

const executor = new V8Executor({ clock: { nowMs: () => performance.now() } })
const { store } = await openDemoChain({ subnets: 1, uids: 8, accounts: 8 })
afterAll(() => {
  executor.close()
  store.close()
})

async function probed(runtime: string) {
  const fork = await Fork.open({ store, executor, callOptions: { maxLogLevel: 0 } })
  fork.setStorage(new Map([[CODE_KEY, demoRuntime(runtime)]]), runtime)
  const probes = await probeEpoch(fork, 1)
  return {
    panics: probes.filter(({ kind }) => kind === 'panic'),
    unknown: probes.filter(({ kind }) => kind === 'unknown').map(({ name }) => name),
  }
}

describe('probeEpoch', () => {
  it('leaves the epoch of v1 alone, and ran it in every subnet', { timeout: 120_000 }, async () => {
    expect(await probed('v1')).toEqual({ panics: [], unknown: [] })
  })

  it('finds the fault of March 2024 in the weights that are left over', { timeout: 120_000 }, async () => {
    const { panics } = await probed('march-2024')
    expect(panics.map(({ name }) => name)).toEqual(['the weights of neurons that have left'])
    expect(panics[0]?.message).toMatch(/epoch\.rs:\d+:\d+: index out of bounds/)
  })

  it('finds a division by the ranks of a subnet without weights', { timeout: 120_000 }, async () => {
    const { panics } = await probed('divide-by-zero')
    expect(panics.map(({ name }) => name)).toContain('no weights')
    expect(panics[0]?.message).toContain('divide by zero')
  })
})
