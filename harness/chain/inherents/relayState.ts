import { concatBytes } from '../../base/bytes.ts'
import { encodeBytes, encodeUint } from '../../codec/scale.ts'
import type { ChainState } from '../../state/chainState.ts'
import type { StorageKey } from '../../state/stateView.ts'
import type { ChainHead } from '../block.ts'
import { encodeHeader } from '../header.ts'
import { plainKey } from '../plainKey.ts'
import { encodePeers, readMessagingState } from './messagingState.ts'
import { relayMapKey } from './relayKey.ts'

/** Length of a slot of Polkadot, Kusama, Westend and Paseo. */
export const RELAY_SLOT_MS = 6_000n

const GO_AHEAD = 1

export interface RelayMoment {
  /** SCALE u32. */
  readonly paraId: Uint8Array
  readonly slot: bigint
  /** Head of the parachain that the relay chain has included. */
  readonly included: ChainHead
  /** SCALE list of the relay chain's block authors; null to leave it out. */
  readonly authorities: Uint8Array | null
}

/**
 * The part of a relay chain's state that a parachain's runtime reads, made up from the parachain's own: the parent block
 * is included, no message is on its way, channels are as they were, and a code upgrade that waits gets its go-ahead.
 */
export function mockRelayState(moment: RelayMoment): ReadonlyMap<StorageKey, Uint8Array> {
  const { paraId, included } = moment
  const messages = readMessagingState(included.state)
  const entries = new Map<StorageKey, Uint8Array>([
    [plainKey('Babe', 'CurrentSlot'), encodeUint(moment.slot, 8)],
    [plainKey('Configuration', 'ActiveConfig'), HOST_CONFIGURATION],
    [relayMapKey('Paras', 'Heads', paraId), encodeBytes(encodeHeader(included.header))],
    [relayMapKey('Dmp', 'DownwardMessageQueueHeads', paraId), messages.downwardHead],
    [relayMapKey('Hrmp', 'HrmpIngressChannelsIndex', paraId), encodePeers(messages.ingress)],
    [relayMapKey('Hrmp', 'HrmpEgressChannelsIndex', paraId), encodePeers(messages.egress)],
  ])
  for (const { peer, channel } of messages.ingress) {
    entries.set(relayMapKey('Hrmp', 'HrmpChannels', concatBytes(peer, paraId)), channel)
  }
  for (const { peer, channel } of messages.egress) {
    entries.set(relayMapKey('Hrmp', 'HrmpChannels', concatBytes(paraId, peer)), channel)
  }
  if (moment.authorities !== null) {
    entries.set(plainKey('Babe', 'Authorities'), moment.authorities)
    entries.set(plainKey('Babe', 'NextAuthorities'), moment.authorities)
  }
  if (hasPendingUpgrade(included.state)) {
    entries.set(relayMapKey('Paras', 'UpgradeGoAheadSignal', paraId), new Uint8Array([GO_AHEAD]))
  }
  return entries
}

function hasPendingUpgrade(state: ChainState): boolean {
  const pending = state.get(plainKey('ParachainSystem', 'PendingValidationCode'))
  return pending !== null && pending.length > 1
}

/**
 * `AbridgedHostConfiguration` with Polkadot's values: max_code_size, max_head_data_size, max_upward_queue_count,
 * max_upward_queue_size, max_upward_message_size, max_upward_message_num_per_candidate,
 * hrmp_max_message_num_per_candidate, validation_upgrade_cooldown, validation_upgrade_delay, and the depth and ancestry
 * of asynchronous backing. Older runtimes leave the tail unread.
 */
const HOST_CONFIGURATION: Uint8Array = concatBytes(
  ...[3_145_728, 20_480, 174_762, 1_048_576, 65_531, 16, 10, 14_400, 600, 3, 2].map((value) =>
    encodeUint(value, 4),
  ),
)
