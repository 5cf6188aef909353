import { readFileSync } from 'node:fs'
import { afterAll, expect, it } from 'vitest'
import { bytesToHex } from '../base/bytes.ts'
import { parseRuntimeBlob } from '../runtime/blob/index.ts'
import type { CallRequest, Executor, Outcome } from '../runtime/executor.ts'
import { ALL_FEATURES } from '../runtime/executor.ts'
import { V8Executor } from '../runtime/v8/v8Executor.ts'
import { WorkerExecutor } from '../runtime/worker/workerExecutor.ts'
import { ChainState } from '../state/chainState.ts'
import { createPackedStore } from '../state/store/packedStore.ts'
import { buildGenesis } from './build/genesisBuilder.ts'
import { Fork } from './fork.ts'
import { encodeHeader, zeroHash } from './header.ts'
import { LAST_UPGRADE_KEY } from './migrationMarks.ts'

const clock = { nowMs: () => performance.now() }
const inThread = new WorkerExecutor({ clock })
const here = new V8Executor({ clock })
afterAll(() => Promise.all([inThread.close(), here.close()]))

const blobs = '../../scenarios/demo/runtime/blobs'
const blob = parseRuntimeBlob(readFileSync(new URL(`${blobs}/v1.compact.compressed.wasm`, import.meta.url)))

/** Makes each call in the worker and here, and keeps those of which the outcomes differ. */
class BothExecutors implements Executor {
  readonly supports = ALL_FEATURES
  readonly name = 'both'
  calls = 0
  readonly differences: unknown[] = []

  async call(request: CallRequest): Promise<Outcome> {
    this.calls++
    const outcome = await inThread.call(request)
    const pair = [plain(outcome), plain(here.callSync(request))]
    if (JSON.stringify(pair[0]) !== JSON.stringify(pair[1])) this.differences.push(pair)
    return outcome
  }

  close(): Promise<void> {
    return Promise.resolve()
  }
}

it('a worker builds the same ten blocks of the miniature runtime as this thread, call by call', async () => {
  const executor = new BothExecutors()
  const built = await buildGenesis({ executor, blob, callOptions: {} }, { preset: 'development' })
  if (built.kind === 'failed') throw new Error(built.message)
  const fork = await Fork.open({ store: built.value, executor })
  for (let number = 1; number <= 10; number++) {
    const block = await fork.buildBlock()
    if (block.kind === 'failed') throw new Error(block.message)
    expect(block.head.number).toBe(number)
  }
  expect(executor.differences).toEqual([])
  expect(executor.calls).toBeGreaterThan(40)
})

function plain(outcome: Outcome): unknown {
  const cost = { ...outcome.cost, wallMs: 0 }
  if (outcome.kind !== 'ok') return { ...outcome, cost }
  const { trie: _, changes, output, ...rest } = outcome
  const entries = [...changes].map(([key, value]) => [
    Buffer.from(key).toString('hex'),
    value && bytesToHex(value),
  ])
  return { ...rest, cost, output: bytesToHex(output), entries }
}

it('a worker hands over the marks of a call as this thread does', async () => {
  const state = ChainState.fromStore(createPackedStore([]))
  const options = { markWrites: [LAST_UPGRADE_KEY] }
  const header = { parentHash: zeroHash(), number: 1, stateRoot: zeroHash(), extrinsicsRoot: zeroHash() }
  const input = encodeHeader({ ...header, digest: [] })
  const request = { blob, entryPoint: 'Core_initialize_block', input, state, options }
  const keys = ({ marks = [] }: Outcome) =>
    marks.map(({ key, at: { reads, writes } }) => ({ key, reads, writes }))
  const marked = keys(await inThread.call(request))
  expect(marked.map(({ key }) => key)).toContain(LAST_UPGRADE_KEY)
  expect(marked).toEqual(keys(here.callSync(request)))
})
