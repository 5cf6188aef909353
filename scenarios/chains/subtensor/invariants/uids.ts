import type { ChainCodec, TypedValue } from '../../../../harness/codec/index.ts'
import { defineInvariant, type Violation } from '../../../invariants/invariant.ts'
import { isListMap } from '../../../invariants/shapeFields.ts'
import type { StateReader } from '../../../invariants/stateReader.ts'
import { PALLET, subnetOf, subnetSizes, toNumber } from './subnets.ts'

/** One element for each uid. */
const VECTORS = [
  'Active',
  'ValidatorPermit',
  'Rank',
  'Trust',
  'ValidatorTrust',
  'Consensus',
  'Incentive',
  'Dividends',
  'Emission',
  'PruningScores',
  'LastUpdate',
]

export const uids = defineInvariant({
  id: 'uids',
  title: 'The uids of a subnet run from 0 to its size, and each has its key',
  why: 'An epoch indexes by uid: a gap, a key without its uid or a vector that is too short ends in a panic of every validator.',
  applies: (codec) =>
    codec.item(PALLET, 'Keys')?.keys.length === 2 &&
    codec.item(PALLET, 'Uids')?.keys.length === 2 &&
    codec.item(PALLET, 'SubnetworkN') !== null &&
    codec.item(PALLET, 'NetworksAdded') !== null,
  async *check(state) {
    const sizes = await subnetSizes(state)
    const keys = await hotkeysBySubnet(state)
    for (const netuid of new Set([...sizes.keys(), ...keys.keys()])) {
      yield* gaps(netuid, sizes.get(netuid) ?? 0, keys.get(netuid) ?? new Map())
    }
    yield* otherUids(state, keys)
    for (const item of vectorsOf(state.codec)) yield* otherLengths(state, item, sizes)
  },
})

type Hotkeys = Map<number, TypedValue>

async function hotkeysBySubnet(state: StateReader): Promise<ReadonlyMap<number, Hotkeys>> {
  const subnets = new Map<number, Hotkeys>()
  for await (const { keys, value } of state.entries(PALLET, 'Keys')) {
    const netuid = toNumber(keys[0])
    const hotkeys = subnets.get(netuid) ?? new Map()
    subnets.set(netuid, hotkeys)
    hotkeys.set(toNumber(keys[1]), value)
  }
  return subnets
}

function* gaps(netuid: number, size: number, hotkeys: Hotkeys): Iterable<Violation> {
  const of = `subnet ${netuid}`
  const subject = `${PALLET}.Keys`
  const missing = Array.from({ length: size }, (_, uid) => uid).filter((uid) => !hotkeys.has(uid))
  const past = [...hotkeys.keys()].filter((uid) => uid >= size)
  if (missing.length > 0) {
    const message = `${subject} of ${of} lacks ${listed(missing)} of its ${size} uids`
    yield { subject, of: `${of}, missing`, message, excess: BigInt(missing.length) }
  }
  if (past.length > 0) {
    const message = `${subject} of ${of}, which has ${size} neurons, has uid ${listed(past)} as well`
    yield { subject, of: `${of}, past the end`, message, excess: BigInt(past.length) }
  }
}

/** `Uids` has to be the inverse of `Keys`. */
async function* otherUids(
  state: StateReader,
  subnets: ReadonlyMap<number, Hotkeys>,
): AsyncIterable<Violation> {
  const subject = `${PALLET}.Uids`
  const found = new Map<number, number>()
  for await (const { keys, value } of state.entries(PALLET, 'Uids')) {
    const netuid = toNumber(keys[0])
    const uid = toNumber(value)
    if (subnets.get(netuid)?.get(uid) === keys[1]) {
      found.set(netuid, (found.get(netuid) ?? 0) + 1)
    } else {
      const hotkey = state.address(keys[1] ?? null)
      const message = `${subject} of subnet ${netuid} says that ${hotkey} is uid ${uid}, and Keys does not`
      yield { subject, of: `subnet ${netuid}, ${hotkey}`, message }
    }
  }
  for (const [netuid, hotkeys] of subnets) {
    const lacking = hotkeys.size - (found.get(netuid) ?? 0)
    if (lacking <= 0) continue
    const message = `${subject} of subnet ${netuid} lacks ${lacking} of the ${hotkeys.size} hotkeys in Keys`
    yield { subject, of: `subnet ${netuid}, missing`, message, excess: BigInt(lacking) }
  }
}

function vectorsOf(codec: ChainCodec): readonly string[] {
  return VECTORS.filter((item) => isListMap(codec, PALLET, item, 1))
}

/** Vectors of subnets that are not there are left alone. */
async function* otherLengths(
  state: StateReader,
  item: string,
  sizes: ReadonlyMap<number, number>,
): AsyncIterable<Violation> {
  const subject = `${PALLET}.${item}`
  for await (const { keys, value } of state.entries(PALLET, item)) {
    const index = toNumber(keys[0])
    const size = sizes.get(subnetOf(sizes, index))
    const length = Array.isArray(value) ? value.length : 0
    if (size === undefined || size === length) continue
    const message = `${subject} of subnet ${index} has ${length} elements, and the subnet ${size} neurons`
    yield { subject, of: `subnet ${index}`, message, excess: BigInt(length - size) }
  }
}

const SHOWN = 5

function listed(numbers: readonly number[]): string {
  const shown = numbers.slice(0, SHOWN).join(', ')
  return numbers.length > SHOWN ? `${shown} and ${numbers.length - SHOWN} more` : shown
}
