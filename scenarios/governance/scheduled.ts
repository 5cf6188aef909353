import { isEqualBytes } from '../../harness/base/bytes.ts'
import type { ChainHead } from '../../harness/chain/block.ts'
import type { ChainCodec } from '../../harness/codec/index.ts'
import type { ChainState } from '../../harness/state/chainState.ts'

/** The first height whose agenda holds something that it did not hold in `before`; null when there is none. */
export function nextScheduled(codec: ChainCodec, before: ChainState, { state }: ChainHead): number | null {
  if (codec.item('Scheduler', 'Agenda') === null) return null
  const heights: number[] = []
  for (const key of state.keysWithPrefix(codec.storagePrefix('Scheduler', 'Agenda'))) {
    const value = state.get(key)
    const old = before.get(key)
    if (value === null || (old !== null && isEqualBytes(old, value))) continue
    const tasks = codec.decodeValue('Scheduler', 'Agenda', value)
    const isEmpty =
      tasks.kind === 'value' && Array.isArray(tasks.value) && tasks.value.every((one) => one === null)
    const described = codec.describeKey(key)
    const height = described?.kind === 'item' ? described.args[0] : undefined
    if (!isEmpty && typeof height === 'number') heights.push(height)
  }
  return heights.length === 0 ? null : Math.min(...heights)
}
