import { concatBytes } from '../../base/bytes.ts'
import { decodeCompact, encodeCompact } from '../../codec/scale.ts'
import type { ChainState } from '../../state/chainState.ts'
import { plainKey } from '../plainKey.ts'

/** One HRMP channel of a parachain as the relay chain has it. */
export interface Channel {
  /** The parachain at the other end, as SCALE u32. */
  readonly peer: Uint8Array
  /** SCALE `AbridgedHrmpChannel`. */
  readonly channel: Uint8Array
}

/** What a parachain last knew of the messages between it and its relay chain. */
export interface MessagingState {
  /** Head of the chain of downward messages, 32 bytes. */
  readonly downwardHead: Uint8Array
  readonly ingress: readonly Channel[]
  readonly egress: readonly Channel[]
}

const HASH_BYTES = 32
const QUEUE_CAPACITY_BYTES = 8
const CHANNEL_NUMBERS_BYTES = 20

/**
 * `ParachainSystem.RelevantMessagingState`: with it unchanged, the relay chain has no new messages for the parachain and
 * every channel stays open. Nothing at genesis, or when the value has an unknown shape.
 *
 * @see https://github.com/paritytech/polkadot-sdk/blob/polkadot-v1.9.0/cumulus/pallets/parachain-system/src/relay_state_snapshot.rs
 */
export function readMessagingState(state: ChainState): MessagingState {
  const stored = state.get(plainKey('ParachainSystem', 'RelevantMessagingState'))
  return {
    downwardHead: state.get(plainKey('ParachainSystem', 'LastDmqMqcHead')) ?? new Uint8Array(HASH_BYTES),
    ...readChannels(stored ?? new Uint8Array()),
  }
}

/** `Vec<u32>` of the parachains at the other ends. */
export function encodePeers(channels: readonly Channel[]): Uint8Array {
  return concatBytes(encodeCompact(channels.length), ...channels.map((channel) => channel.peer))
}

function readChannels(bytes: Uint8Array): { ingress: readonly Channel[]; egress: readonly Channel[] } {
  const ingress = channelList(bytes, HASH_BYTES + QUEUE_CAPACITY_BYTES)
  const egress = ingress === null ? null : channelList(bytes, ingress.end)
  if (ingress === null || egress === null || egress.end !== bytes.length) return { ingress: [], egress: [] }
  return { ingress: ingress.channels, egress: egress.channels }
}

/** `Vec<(u32, AbridgedHrmpChannel)>`, where a channel is five u32 and an optional hash. */
function channelList(bytes: Uint8Array, offset: number): { channels: Channel[]; end: number } | null {
  const count = decodeCompact(bytes, offset)
  if (count === null) return null
  const channels: Channel[] = []
  let start = count.end
  for (let i = 0; i < count.value; i++) {
    const hasHead = bytes[start + 4 + CHANNEL_NUMBERS_BYTES] === 1
    const end = start + 4 + CHANNEL_NUMBERS_BYTES + 1 + (hasHead ? HASH_BYTES : 0)
    if (end > bytes.length) return null
    channels.push({ peer: bytes.slice(start, start + 4), channel: bytes.slice(start + 4, end) })
    start = end
  }
  return { channels, end: start }
}
