import { decodeUint, encodeUint } from '../../codec/scale.ts'
import type { ChainHead } from '../block.ts'
import { encodeDigestItem } from '../digestItem.ts'
import { type Answer, hasEntryPoint, queryRuntime, type RuntimeCode } from '../runtimeQuery.ts'
import type { Consensus, SlotRequest } from './consensus.ts'
import { nextSlot } from './nextSlot.ts'

const SLOT_DURATION = 'AuraApi_slot_duration'

/**
 * Aura: slots of a length that the runtime tells (builds for tests have shorter ones), authors in turn.
 *
 * @see https://github.com/paritytech/polkadot-sdk/blob/polkadot-v1.9.0/substrate/primitives/consensus/aura/src/digests.rs
 */
export const aura: Consensus = {
  name: 'aura',

  isUsedBy: (runtime: RuntimeCode) => hasEntryPoint(runtime.blob, SLOT_DURATION),

  async claim(runtime, parent, request) {
    const duration = await slotDuration(runtime, parent, request)
    if (duration.kind === 'failed') return duration
    const slotDurationMs = duration.value
    const time = nextSlot(parent.state, slotDurationMs, request)
    const digest = [encodeDigestItem({ kind: 'preRuntime', engine: 'aura', data: encodeUint(time.slot, 8) })]
    return { kind: 'ok', value: { ...time, slotDurationMs, digest, inherentId: 'auraslot' } }
  },
}

async function slotDuration(
  runtime: RuntimeCode,
  parent: ChainHead,
  { slotDurationMs }: SlotRequest,
): Promise<Answer<bigint>> {
  if (slotDurationMs !== null) return { kind: 'ok', value: slotDurationMs }
  return queryRuntime(runtime, parent.state, {
    entryPoint: SLOT_DURATION,
    decode: (output) => (output.length === 8 ? positive(decodeUint(output)) : null),
  })
}

function positive(value: bigint): bigint | null {
  return value > 0n ? value : null
}
