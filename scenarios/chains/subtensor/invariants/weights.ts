import type { TypedValue } from '../../../../harness/codec/index.ts'
import { defineInvariant, type Violation } from '../../../invariants/invariant.ts'
import { isListMap } from '../../../invariants/shapeFields.ts'
import type { StateReader } from '../../../invariants/stateReader.ts'
import { PALLET, subnetOf, subnetSizes, toNumber } from './subnets.ts'

const ROWS = ['Weights', 'Bonds']
/** The root network, whose weights are on subnets and not on uids. */
const ROOT = 0

export const weights = defineInvariant({
  id: 'weights',
  title: 'Weights and bonds name only uids that exist in their subnet',
  why: 'On 17 March 2024 an epoch indexed with the uid of a row that a larger subnet of the same number had left: index out of bounds: the len is 6 but the index is 24.',
  applies: (codec) =>
    ROWS.some((item) => isListMap(codec, PALLET, item, 2)) &&
    codec.item(PALLET, 'SubnetworkN') !== null &&
    codec.item(PALLET, 'NetworksAdded') !== null,
  async *check(state) {
    const sizes = await subnetSizes(state)
    for (const item of ROWS) {
      if (isListMap(state.codec, PALLET, item, 2)) yield* outOfRange(state, item, sizes)
    }
  },
})

async function* outOfRange(
  state: StateReader,
  item: string,
  sizes: ReadonlyMap<number, number>,
): AsyncIterable<Violation> {
  const subject = `${PALLET}.${item}`
  for await (const { keys, value } of state.entries(PALLET, item)) {
    const index = toNumber(keys[0])
    const netuid = subnetOf(sizes, index)
    const size = sizes.get(netuid) ?? 0
    const uid = toNumber(keys[1])
    const of = `subnet ${index}, uid ${uid}`
    if (uid >= size) {
      const message = `${subject} has a row of uid ${uid} of subnet ${index}, which has ${size} neurons`
      yield { subject, of, message }
    } else if (netuid !== ROOT) {
      const past = targetsPast(value, size)
      const [first] = past
      if (first === undefined) continue
      const message = `${subject} of uid ${uid} of subnet ${index}, which has ${size} neurons, is on uid ${first}`
      yield { subject: `${subject} targets`, of, message, excess: BigInt(past.length) }
    }
  }
}

function targetsPast(row: TypedValue, size: number): readonly number[] {
  if (!Array.isArray(row)) return []
  const targets = row.map((pair: TypedValue) => toNumber(Array.isArray(pair) ? pair[0] : undefined))
  return targets.filter((target) => target >= size)
}
