import { afterAll, describe, expect, it } from 'vitest'
import wabt from 'wabt'
import { bytesToHex, concatBytes } from '../../base/bytes.ts'
import { encodeUint } from '../../codec/scale.ts'
import { parseRuntimeBlob } from '../../runtime/blob/index.ts'
import { V8Executor } from '../../runtime/v8/v8Executor.ts'
import { ChainState } from '../../state/chainState.ts'
import { createPackedStore } from '../../state/store/packedStore.ts'
import { createHead } from '../block.ts'
import { genesisHeader } from '../build/genesis.ts'
import { plainKey } from '../plainKey.ts'
import type { RuntimeCode } from '../runtimeQuery.ts'
import { chooseConsensus, DEFAULT_FIRST_TIME_MS, type SlotRequest } from './index.ts'

const executor = new V8Executor({ clock: { nowMs: () => 0 } })
afterAll(() => executor.close())

/** A runtime whose only entry point answers with `output`, or traps. */
async function runtimeOf(entryPoint: string, output: Uint8Array | null): Promise<RuntimeCode> {
  const bytes = [...(output ?? [])].map((byte) => `\\${byte.toString(16).padStart(2, '0')}`).join('')
  const body = output === null ? 'unreachable' : `(i64.const 0x${output.length.toString(16)}00000400)`
  const { parseWat } = await wabt()
  const module = parseWat(
    'answer.wat',
    `(module (import "env" "memory" (memory 1)) (global (export "__heap_base") i32 (i32.const 8192))
      (data (i32.const 1024) "${bytes}")
      (func (export "${entryPoint}") (param i32 i32) (result i64) ${body}))`,
  )
  const blob = parseRuntimeBlob(module.toBinary({}).buffer)
  module.destroy()
  return { executor, blob, callOptions: {} }
}

function head(entries: Readonly<Record<string, Uint8Array>> = {}) {
  const state = ChainState.fromStore(createPackedStore(Object.entries(entries)), 0)
  return createHead(genesisHeader(state, 0), state)
}

const NEXT: SlotRequest = { timestampMs: null, alignMs: 1n, slotDurationMs: null }
const NOW = plainKey('Timestamp', 'Now')

describe('aura', () => {
  it('claims the slot after the last one, at the length that the runtime tells', async () => {
    const runtime = await runtimeOf('AuraApi_slot_duration', encodeUint(250, 8))
    const consensus = chooseConsensus(runtime)
    const parent = head({
      [NOW]: encodeUint(250_100, 8),
    })
    expect(await consensus.claim(runtime, parent, NEXT)).toEqual({
      kind: 'ok',
      value: {
        slot: 1001n,
        timestampMs: 250_250n,
        slotDurationMs: 250n,
        digest: [concatBytes(new Uint8Array([6, 0x61, 0x75, 0x72, 0x61, 32]), encodeUint(1001, 8))],
        inherentId: 'auraslot',
      },
    })
  })

  it('goes by the time and not by the last slot, starts at a fixed time, aligns, and obeys', async () => {
    const runtime = await runtimeOf('AuraApi_slot_duration', encodeUint(2_000, 8))
    const { claim } = chooseConsensus(runtime)
    const claimed = async (entries: Readonly<Record<string, Uint8Array>>, request = NEXT) => {
      const answer = await claim(runtime, head(entries), request)
      return answer.kind === 'ok' ? answer.value.timestampMs : answer.message
    }
    expect(await claimed({ [NOW]: encodeUint(8_001, 8) })).toBe(10_000n)
    const later = { [NOW]: encodeUint(8_001, 8), [plainKey('Aura', 'CurrentSlot')]: encodeUint(90, 8) }
    expect(await claimed(later)).toBe(10_000n)
    expect(await claimed({})).toBe(DEFAULT_FIRST_TIME_MS)
    expect(await claimed({ [NOW]: encodeUint(8_001, 8) }, { ...NEXT, alignMs: 6_000n })).toBe(12_000n)
    const wanted = { ...NEXT, timestampMs: 20_001n, alignMs: 6_000n }
    expect(await claim(runtime, head(), wanted)).toMatchObject({ value: { slot: 10n, timestampMs: 20_001n } })
  })

  it('keeps to the slot duration of a node that asked before', async () => {
    const runtime = await runtimeOf('AuraApi_slot_duration', encodeUint(2_000, 8))
    const parent = head({ [NOW]: encodeUint(8_000, 8) })
    const answer = await chooseConsensus(runtime).claim(runtime, parent, { ...NEXT, slotDurationMs: 4_000n })
    expect(answer).toMatchObject({ value: { slot: 3n, timestampMs: 12_000n, slotDurationMs: 4_000n } })
  })

  it('says so when the runtime has no answer', async () => {
    const trap = await runtimeOf('AuraApi_slot_duration', null)
    expect(await chooseConsensus(trap).claim(trap, head(), NEXT)).toMatchObject({
      kind: 'failed',
      entryPoint: 'AuraApi_slot_duration',
      outcome: { kind: 'panic' },
    })
    const zero = await runtimeOf('AuraApi_slot_duration', new Uint8Array(8))
    expect(await chooseConsensus(zero).claim(zero, head(), NEXT)).toMatchObject({ kind: 'failed' })
  })
})

describe('babe', () => {
  const authorities = concatBytes(new Uint8Array([12]), new Uint8Array(120))
  const configuration = concatBytes(encodeUint(6_000, 8), new Uint8Array(24), authorities, new Uint8Array(33))

  it('claims a plain secondary slot for the author that the randomness names', async () => {
    const runtime = await runtimeOf('BabeApi_configuration', configuration)
    const parent = head({ [NOW]: encodeUint(283_000, 8) })
    const answer = await chooseConsensus(runtime).claim(runtime, parent, NEXT)
    if (answer.kind === 'failed') throw new Error(answer.message)
    expect(answer.value).toMatchObject({ slot: 48n, timestampMs: 288_000n, inherentId: 'babeslot' })
    expect(answer.value.digest.map(bytesToHex)).toEqual([
      '0x064241424534' + '02' + '02000000' + '3000000000000000',
    ])
  })

  it('refuses a configuration that ends early', async () => {
    const runtime = await runtimeOf('BabeApi_configuration', configuration.subarray(0, 150))
    expect(await chooseConsensus(runtime).claim(runtime, head(), NEXT)).toMatchObject({ kind: 'failed' })
  })
})

describe('no consensus', () => {
  it('goes on by six seconds, without a digest', async () => {
    const runtime = await runtimeOf('Core_version', null)
    const parent = head({ [NOW]: encodeUint(1_000, 8) })
    const answer = await chooseConsensus(runtime).claim(runtime, parent, NEXT)
    expect(answer).toMatchObject({ value: { slot: null, timestampMs: 7_000n, digest: [], inherentId: null } })
  })
})
