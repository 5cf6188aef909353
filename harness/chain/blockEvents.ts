import type { ChainCodec, EventsDecoding } from '../codec/index.ts'
import type { StateView } from '../state/stateView.ts'
import { plainKey } from './plainKey.ts'

const NO_EVENTS = new Uint8Array([0])

/** Events of a state's last block (or of the block in the making), as `System.Events` has them. */
export function blockEvents(codec: ChainCodec, state: StateView): EventsDecoding {
  return codec.decodeEvents(state.get(plainKey('System', 'Events')) ?? NO_EVENTS)
}
