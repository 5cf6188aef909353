import type { ChainCodec } from '../../harness/codec/index.ts'
import type { ChainState } from '../../harness/state/chainState.ts'
import type { ChainProfile, DueEpoch } from './chainProfile.ts'

const PALLET = 'SubtensorModule'

/** Bittensor's chains: Finney, the test network, local networks. */
export const finney: ChainProfile = {
  name: 'subtensor',
  specNames: ['node-subtensor', 'node-subtensor-dao'],
  // 1 in every runtime from spec 100 (2021) to 476 (2026), through many changes of calls.
  raisesTransactionVersion: false,
  harmlessErrors: [
    {
      target: 'pallet_subtensor::block_step',
      message: 'Error while running root epoch: "Not the block to update emission values."',
      reason:
        'root_epoch returns this on every block that is not at the tempo of the root network, and block_step logs whatever it returns as an error (subtensor pallets/subtensor/src/{root,block_step}.rs, spec 137 to 180)',
    },
  ],
  limits: {},
  dueEpochs: dueSubnetEpochs,
}

/**
 * A subnet's epoch runs in each block with `(block + netuid + 1) % (tempo + 1) == 0` (subtensor
 * pallets/subtensor/src/coinbase/run_coinbase.rs, `blocks_until_next_epoch`). A subnet of tempo 0 has none.
 */
export function dueSubnetEpochs(codec: ChainCodec, state: ChainState, number: number): readonly DueEpoch[] {
  if (codec.item(PALLET, 'Tempo') === null || codec.item(PALLET, 'NetworksAdded') === null) return []
  const due: DueEpoch[] = []
  for (const key of state.keysWithPrefix(codec.storagePrefix(PALLET, 'NetworksAdded'))) {
    const netuid = subnetOf(codec, key)
    if (netuid === null || state.get(key)?.[0] !== 1) continue
    const tempo = tempoOf(codec, state, netuid)
    if (tempo === 0) continue
    const periodBlocks = tempo + 1
    const next = number + 1
    const block = next + ((periodBlocks - ((next + netuid + 1) % periodBlocks)) % periodBlocks)
    due.push({ unit: `subnet ${netuid}`, block, periodBlocks })
  }
  return due
}

function subnetOf(codec: ChainCodec, key: string): number | null {
  const described = codec.describeKey(key)
  const netuid = described?.kind === 'item' ? described.args[0] : undefined
  return typeof netuid === 'number' ? netuid : null
}

function tempoOf(codec: ChainCodec, state: ChainState, netuid: number): number {
  const bytes = state.get(codec.storageKey(PALLET, 'Tempo', netuid)) ?? codec.fallback(PALLET, 'Tempo')
  const decoded = bytes === null ? null : codec.decodeValue(PALLET, 'Tempo', bytes)
  return decoded?.kind === 'value' && typeof decoded.value === 'number' ? decoded.value : 0
}
