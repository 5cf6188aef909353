import type { Consensus } from './consensus.ts'
import { currentTimeMs, DEFAULT_FIRST_TIME_MS } from './nextSlot.ts'

const BLOCK_TIME_MS = 6_000n

/** No slots and no digest, as chains under manual or instant seal have it: six seconds from block to block. */
export const manualSeal: Consensus = {
  name: 'manualSeal',

  isUsedBy: () => true,

  async claim(_runtime, parent, request) {
    const now = currentTimeMs(parent.state)
    const next = now === 0n ? DEFAULT_FIRST_TIME_MS : now + BLOCK_TIME_MS
    const timestampMs = request.timestampMs ?? roundUp(next, request.alignMs)
    return {
      kind: 'ok',
      value: { slot: null, slotDurationMs: BLOCK_TIME_MS, timestampMs, digest: [], inherentId: null },
    }
  },
}

function roundUp(value: bigint, step: bigint): bigint {
  return ((value + step - 1n) / step) * step
}
