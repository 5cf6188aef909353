import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { parseRuntimeBlob } from '../runtime/blob/index.ts'
import { ChopsticksExecutor } from '../runtime/chopsticks/chopsticksExecutor.ts'
import { V8Executor } from '../runtime/v8/v8Executor.ts'
import { ChainState } from '../state/chainState.ts'
import { createPackedStore } from '../state/store/packedStore.ts'
import type { Store } from '../state/store/store.ts'
import { buildGenesis } from './build/genesisBuilder.ts'
import { comparedCalls, compareExecutors } from './compareExecutors.ts'
import { Fork } from './fork.ts'

const clock = { nowMs: () => performance.now() }
const left = new V8Executor({ clock })
const right = new ChopsticksExecutor({ clock })
afterAll(() => Promise.all([left.close(), right.close()]))

const blobs = '../../scenarios/demo/runtime/blobs'
const blob = parseRuntimeBlob(readFileSync(new URL(`${blobs}/v1.compact.compressed.wasm`, import.meta.url)))
const empty = ChainState.fromStore(createPackedStore([]))
const input = new Uint8Array()

describe('an independent executor', () => {
  let genesis: Store
  beforeAll(async () => {
    const built = await buildGenesis({ executor: left, blob, callOptions: {} }, { preset: 'development' })
    if (built.kind === 'failed') throw new Error(built.message)
    genesis = built.value
  })

  it('agrees on version and metadata', async () => {
    const calls = ['Core_version', 'Metadata_metadata'].map((entryPoint) => {
      return { label: entryPoint, entryPoint, input, state: empty }
    })
    const comparisons = await compareExecutors({ left, right }, { blob, calls })
    expect(comparisons.map(({ label, agrees }) => `${label} ${agrees}`)).toEqual([
      'Core_version true',
      'Metadata_metadata true',
    ])
  })

  it('agrees on each call of a block, but for the state root that it does not know', async () => {
    const fork = await Fork.open({ store: genesis, executor: left })
    const block = await fork.buildBlock()
    if (block.kind === 'failed') throw new Error(block.message)
    const calls = comparedCalls(block.phases)
    const callOptions = { storageProofSize: 0n }
    const comparisons = await compareExecutors(
      { left, right },
      { blob, calls },
      { callOptions, ignoreStateRoots: true },
    )
    expect(comparisons.filter(({ agrees }) => !agrees).map(({ label }) => label)).toEqual([])
    expect(comparisons.length).toBeGreaterThanOrEqual(4)
  })

  it('ends a call at its deadline, and the next one works', async () => {
    const call = (entryPoint: string, options = {}) =>
      right.call({ blob, entryPoint, input, state: empty, options })
    expect(await call('Metadata_metadata', { deadlineMs: 20 })).toMatchObject({
      kind: 'limit',
      limit: 'time',
    })
    expect((await call('Core_version')).kind).toBe('ok')
  })

  it('panics where the other one does', async () => {
    const call = { label: 'no block', entryPoint: 'Core_execute_block', input, state: empty }
    const [comparison] = await compareExecutors({ left, right }, { blob, calls: [call] })
    expect([comparison?.left.kind, comparison?.right.kind]).toEqual(['panic', 'panic'])
  })

  it('takes no calls once it is closed', async () => {
    const executor = new ChopsticksExecutor({ clock })
    await executor.close()
    await expect(
      executor.call({ blob, entryPoint: 'Core_version', input, state: empty }),
    ).rejects.toMatchObject({
      code: 'EXECUTOR_BROKEN',
    })
  })
})
