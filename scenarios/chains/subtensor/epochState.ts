import { bytesToBinary } from '../../../harness/base/bytes.ts'
import { plainKey } from '../../../harness/chain/plainKey.ts'
import type { ChainCodec, ChainInput } from '../../../harness/codec/index.ts'
import type { Changes, StorageKey } from '../../../harness/state/stateView.ts'

export interface EpochStateOptions {
  /** Subnets by their netuid; those of equal parity run their epochs in the same blocks. */
  readonly netuids: readonly number[]
  readonly neurons: number
  /** The first so many neurons have stake, a permit, and weights on all others. */
  readonly validators: number
}

const PALLET = 'SubtensorModule'
const STAKE = 1_000_000_000_000n
const MAX_WEIGHT = 65_535
/** `(u16, u16)` */
const BOND_BYTES = 4

/**
 * Changes that give a subtensor runtime (of 2023, or the miniature) subnets whose epoch runs every second block over full
 * matrices: the costliest ordinary block of such a chain. Which of the two it is differs by runtime: ask `ranEpochs`. Items
 * that the runtime does not have are left out.
 */
export function epochState(codec: ChainCodec, options: EpochStateOptions): Changes {
  const { netuids, neurons, validators } = options
  const changes = new Map<StorageKey, Uint8Array | null>()
  const set = (item: string, args: readonly ChainInput[], value: ChainInput) => {
    if (codec.item(PALLET, item) === null) return
    changes.set(codec.storageKey(PALLET, item, ...args), codec.encodeValue(PALLET, item, value))
  }
  const each = <T>(value: (uid: number) => T) => Array.from({ length: neurons }, (_, uid) => value(uid))
  set('TotalNetworks', [], netuids.length)
  set('TotalStake', [], BigInt(validators) * STAKE)
  // Of runtimes with stake in each subnet (mid 2024): only that stake counts.
  set('GlobalStakeWeight', [], 0)
  for (const netuid of netuids) {
    set('NetworksAdded', [netuid], true)
    set('SubnetworkN', [netuid], neurons)
    set('MaxAllowedUids', [netuid], neurons)
    set('MaxAllowedValidators', [netuid], validators)
    set('Tempo', [netuid], 1)
    set('EmissionValues', [netuid], 1_000_000_000n / BigInt(netuids.length))
    set('PendingEmission', [netuid], 1_000_000_000n)
    set('TotalSubnetTAO', [netuid], BigInt(validators) * STAKE)
    set(
      'Active',
      [netuid],
      each(() => true),
    )
    set(
      'ValidatorPermit',
      [netuid],
      each((uid) => uid < validators),
    )
    set(
      'LastUpdate',
      [netuid],
      each(() => 1n),
    )
    for (const item of [
      'Rank',
      'Trust',
      'Consensus',
      'Incentive',
      'Dividends',
      'ValidatorTrust',
      'PruningScores',
    ]) {
      set(
        item,
        [netuid],
        each(() => 0),
      )
    }
    set(
      'Emission',
      [netuid],
      each(() => 0n),
    )
    for (let uid = 0; uid < neurons; uid++) {
      const hotkey = accountId(netuid, uid)
      set('Keys', [netuid, uid], hotkey)
      set('Uids', [netuid, hotkey], uid)
      set('IsNetworkMember', [hotkey, netuid], true)
      set('BlockAtRegistration', [netuid, uid], 0n)
      set('Owner', [hotkey], accountId(0xffff, uid))
      if (uid >= validators) continue
      set('TotalHotkeyStake', [hotkey], STAKE)
      set('TotalHotkeySubStake', [hotkey, netuid], STAKE)
      set('Stake', [hotkey, accountId(0xffff, uid)], STAKE)
      set('Weights', [netuid, uid], row(neurons, uid))
      set('Bonds', [netuid, uid], row(neurons, uid + 1))
    }
  }
  return changes
}

/**
 * True when the changes of a block are those of a full epoch in each of the subnets: it wrote a row of bonds for every
 * validator, with an entry for every neuron that the validator gives weight to, and the subnet's dividends.
 */
export function ranEpochs(changes: Changes, { netuids, neurons, validators }: EpochStateOptions): boolean {
  const fullRowBytes = (neurons - 1) * BOND_BYTES
  return netuids.every((netuid) => {
    const subnet = bytesToBinary(new Uint8Array([netuid & 0xff, netuid >> 8]))
    const bonds = plainKey(PALLET, 'Bonds') + subnet
    let fullRows = 0
    for (const [key, value] of changes) {
      if (key.startsWith(bonds) && value !== null && value.length >= fullRowBytes) fullRows++
    }
    return fullRows >= validators && changes.has(plainKey(PALLET, 'Dividends') + subnet)
  })
}

/** `(uid, weight)` of every neuron but the validator itself. */
function row(neurons: number, uid: number): [number, number][] {
  const entries: [number, number][] = []
  for (let other = 0; other < neurons; other++) {
    if (other !== uid) entries.push([other, 1 + ((other * 7919 + uid * 104_729) % MAX_WEIGHT)])
  }
  return entries
}

function accountId(netuid: number, uid: number): string {
  return `0x${(netuid + 1).toString(16).padStart(32, '0')}${(uid + 1).toString(16).padStart(32, '0')}`
}
