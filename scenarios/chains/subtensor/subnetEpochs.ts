import type { ChainCodec } from '../../../harness/codec/index.ts'
import type { ChainState } from '../../../harness/state/chainState.ts'
import type { StorageKey } from '../../../harness/state/stateView.ts'
import type { DueEpoch } from '../../check/chainProfile.ts'

const PALLET = 'SubtensorModule'
/** Height of a subnet's last epoch, in the chain's own spelling; no other work writes it. */
const TRACE = 'LastMechansimStepBlock'

/**
 * When each subnet's epoch is due next: in the blocks with `(block + netuid + shift) % (tempo + 1) == 0`. A subnet of tempo 0
 * has none.
 */
export function subnetEpochs(
  shift: number,
): (codec: ChainCodec, state: ChainState, number: number) => readonly DueEpoch[] {
  return (codec, state, number) => {
    if (codec.item(PALLET, 'Tempo') === null || codec.item(PALLET, 'NetworksAdded') === null) return []
    const due: DueEpoch[] = []
    for (const key of state.keysWithPrefix(codec.storagePrefix(PALLET, 'NetworksAdded'))) {
      const netuid = subnetOf(codec, key)
      if (netuid === null || state.get(key)?.[0] !== 1) continue
      const tempo = tempoOf(codec, state, netuid)
      if (tempo === 0) continue
      const periodBlocks = tempo + 1
      const next = number + 1
      const block = next + ((periodBlocks - ((next + netuid + shift) % periodBlocks)) % periodBlocks)
      due.push({ unit: `subnet ${netuid}`, block, periodBlocks, trace: traceOf(codec, netuid) })
    }
    return due
  }
}

function traceOf(codec: ChainCodec, netuid: number): StorageKey | null {
  return codec.item(PALLET, TRACE) === null ? null : codec.storageKey(PALLET, TRACE, netuid)
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
