import type { TypedValue } from '../../../../harness/codec/index.ts'
import type { StateReader } from '../../../invariants/stateReader.ts'

export const PALLET = 'SubtensorModule'

/** Rows of a subnet's mechanisms stand at `netuid + 4096 * mechanism` since they came in 2025. */
const MECHANISM_STRIDE = 4_096

/** How many neurons each subnet has that is there, by netuid. */
export async function subnetSizes(state: StateReader): Promise<ReadonlyMap<number, number>> {
  const sizes = new Map<number, number>()
  for await (const added of state.entries(PALLET, 'NetworksAdded')) {
    const netuid = toNumber(added.keys[0])
    if (added.value === true) sizes.set(netuid, Number(state.integer(PALLET, 'SubnetworkN', netuid)))
  }
  return sizes
}

/** The subnet that an index of rows or vectors belongs to. */
export function subnetOf(sizes: ReadonlyMap<number, number>, index: number): number {
  return sizes.has(index) ? index : index % MECHANISM_STRIDE
}

/** A key part that is a small integer. */
export function toNumber(value: TypedValue | undefined): number {
  return typeof value === 'bigint' ? Number(value) : Number.NaN
}
