import { decodeUint } from '../../codec/scale.ts'
import type { ChainState } from '../../state/chainState.ts'
import { plainKey } from '../plainKey.ts'
import type { SlotRequest } from './consensus.ts'

/**
 * Time of block 1 when nobody asks for another: 14 November 2023 22:13:20 UTC. A runtime without a past would otherwise
 * live in January 1970, where differences of times underflow that never do on a real chain.
 */
export const DEFAULT_FIRST_TIME_MS = 1_700_000_000_000n

export interface SlotTime {
  readonly slot: bigint
  readonly timestampMs: bigint
}

/**
 * The slot of the wanted time, or the first one after the parent's time that starts on a multiple of `alignMs`. As for a
 * node, only the clock counts: when a runtime with another slot duration takes over, the slot may go back, and it is for
 * the runtime to say so.
 */
export function nextSlot(state: ChainState, durationMs: bigint, request: SlotRequest): SlotTime {
  if (request.timestampMs !== null) {
    return { slot: request.timestampMs / durationMs, timestampMs: request.timestampMs }
  }
  const now = currentTimeMs(state)
  let slot = now === 0n ? DEFAULT_FIRST_TIME_MS / durationMs : now / durationMs + 1n
  while ((slot * durationMs) % request.alignMs !== 0n) slot += 1n
  return { slot, timestampMs: slot * durationMs }
}

/** `Timestamp.Now`, or 0 before it was ever set. */
export function currentTimeMs(state: ChainState): bigint {
  const value = state.get(plainKey('Timestamp', 'Now'))
  return value === null ? 0n : decodeUint(value)
}
