import { type ChainCodec, type ChainInput, devAccount } from '../../harness/codec/index.ts'
import type { Changes, StorageKey } from '../../harness/state/stateView.ts'

/** As on Finney on 17 March 2024: `the len is 6 but the index is 24`. */
export const NEURONS = 6
export const LEFTOVER_UID = 24
/** Not 3, the local network's own subnet: a migration of spec 143 removes that one. */
export const NETUID = 5
/** The epoch runs when `(block + netuid + 1) % (tempo + 1)` is `tempo`: in blocks 7, 14, … */
const TEMPO = 6
export const EPOCH_BLOCK = 7

const VALIDATORS = 3
const STAKE = 1_000_000_000_000n

/**
 * A subnet of six neurons, three of them validators with weights on all others, and one row of `Weights` of a uid that is
 * no longer there. Items are those of the runtime of spec 119.
 */
export function subnetWithLeftoverWeights(codec: ChainCodec): Changes {
  const changes = new Map(healthySubnet(codec))
  const row = Array.from({ length: NEURONS }, (_, uid) => [uid, 0xffff])
  changes.set(
    codec.storageKey('SubtensorModule', 'Weights', NETUID, LEFTOVER_UID),
    codec.encodeValue('SubtensorModule', 'Weights', row),
  )
  return changes
}

/** The same without that row. */
export function healthySubnet(codec: ChainCodec): Changes {
  const changes = new Map<StorageKey, Uint8Array | null>()
  const set = (item: string, keys: readonly ChainInput[], value: ChainInput): void => {
    changes.set(
      codec.storageKey('SubtensorModule', item, ...keys),
      codec.encodeValue('SubtensorModule', item, value),
    )
  }
  const uids = Array.from({ length: NEURONS }, (_, uid) => uid)
  const others = (uid: number) => uids.filter((other) => other !== uid).map((other) => [other, 0xffff])
  set('TotalNetworks', [], 2)
  set('NetworksAdded', [NETUID], true)
  set('SubnetworkN', [NETUID], NEURONS)
  set('Tempo', [NETUID], TEMPO)
  set('EmissionValues', [NETUID], 1_000_000_000n)
  for (const uid of uids) {
    const hotkey = devAccount(`//hotkey/${uid}`).publicKey
    const coldkey = devAccount(`//coldkey/${uid}`).publicKey
    set('Keys', [NETUID, uid], hotkey)
    set('Uids', [NETUID, hotkey], uid)
    set('IsNetworkMember', [hotkey, NETUID], true)
    set('BlockAtRegistration', [NETUID, uid], 0)
    set('Owner', [hotkey], coldkey)
    if (uid >= VALIDATORS) continue
    set('Stake', [hotkey, coldkey], STAKE)
    set('TotalHotkeyStake', [hotkey], STAKE)
    set('TotalColdkeyStake', [coldkey], STAKE)
    set('Weights', [NETUID, uid], others(uid))
  }
  set('TotalStake', [], STAKE * BigInt(VALIDATORS))
  set('TotalIssuance', [], STAKE * BigInt(VALIDATORS))
  set(
    'Active',
    [NETUID],
    uids.map(() => true),
  )
  set(
    'ValidatorPermit',
    [NETUID],
    uids.map((uid) => uid < VALIDATORS),
  )
  set(
    'LastUpdate',
    [NETUID],
    uids.map(() => 1),
  )
  return changes
}
