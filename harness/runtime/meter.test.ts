import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { ChainState } from '../state/chainState.ts'
import { createPackedStore } from '../state/store/packedStore.ts'
import { parseRuntimeBlob } from './blob/index.ts'
import { addMetered, createMeter, DEFAULT_HOST_PRICES } from './meter.ts'
import { V8Executor } from './v8/v8Executor.ts'

const file = '../../scenarios/demo/runtime/blobs/v2.compact.compressed.wasm'
const blob = parseRuntimeBlob(readFileSync(new URL(file, import.meta.url)))
const state = ChainState.fromStore(createPackedStore([]))

it('says exactly what a call took, the host calls at their prices', async () => {
  const meter = createMeter(new V8Executor({ clock: { nowMs: () => 0 } }))
  const request = {
    blob,
    entryPoint: 'GenesisBuilder_build_state',
    input: Uint8Array.from([8, 0x7b, 0x7d]),
    state,
  }
  const { outcome, metered } = await meter.measure(request)
  expect(outcome.kind).toBe('ok')
  expect((await meter.measure(request)).metered).toEqual(metered)
  const { reads, writes, nextKeys, readBytes, writtenBytes, instructions, fuel } = metered
  expect(instructions).toBeGreaterThan(5_000)
  const storage = reads * 25_000 + writes * 100_000 + nextKeys * 25_000 + readBytes + writtenBytes
  expect(fuel - instructions - storage).toBe(outcome.cost.allocations * DEFAULT_HOST_PRICES.allocation)
  expect(addMetered([metered, metered])).toMatchObject({
    instructions: 2 * instructions,
    fuel: 2 * fuel,
    heapPeakBytes: metered.heapPeakBytes,
  })
})
