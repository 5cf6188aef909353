import { bytesToHex, concatBytes, hexToBytes } from '../../../harness/base/bytes.ts'
import { blake2_256 } from '../../../harness/base/hash.ts'
import type { ChainCodec, ChainValue } from '../../../harness/codec/index.ts'
import { encodeCompact, encodeUint } from '../../../harness/codec/scale.ts'
import { fuzzedCalls, type KnownCall } from '../anyCall.ts'
import { type Generator, generateFields } from '../generateValue.ts'
import { chance, pick } from '../rng.ts'
import type { Origin } from '../step.ts'
import type { Strategy, StrategyInput } from '../strategy.ts'
import { hasSubnets, SubnetView } from './subnetView.ts'

/** A subnet and one of its neurons, for a call to be about. */
interface Target {
  readonly netuid: number
  readonly size: number
  readonly hotkey: string
  readonly coldkey: string
}

type Args = Record<string, ChainValue>
/** Puts the target into the arguments that are there, and says who makes the call. */
type Shaper = (args: Args, target: Target, input: StrategyInput) => Origin

const PALLETS: ReadonlySet<string> = new Set(['SubtensorModule', 'AdminUtils', 'Commitments'])

/** Which calls are about what. Names of all versions of the pallets since 2021; a call joins the first group that fits. */
const GROUPS: readonly (readonly [name: string, calls: RegExp, shape: Shaper])[] = [
  ['subtensor.commitReveal', /(commit|reveal).*weights/, shapeCommitReveal],
  ['subtensor.weights', /set_.*weights$/, shapeWeights],
  ['subtensor.subnets', /network|start_call|subnet_identity/, shapeSubnet],
  ['subtensor.registration', /register|associate|swap_hotkey/, shapeRegistration],
  ['subtensor.admin', /^sudo_/, shapeAdmin],
  ['subtensor.stake', /stake|delegate|take|child|coldkey/, shapeStake],
  ['subtensor.commitments', /commitment/, shapeCommitment],
]

/**
 * Strategies for a subtensor runtime, old or new: registration, weights, commit and reveal, stake, the life of a subnet, parameters.
 * Netuids, hotkeys, uids and owners are those of the state in the middle of the block. None for a runtime without subnets.
 */
export function subtensorStrategies(codec: ChainCodec): readonly Strategy[] {
  if (!hasSubnets(codec)) return []
  const known = fuzzedCalls(codec.metadata.types).filter(({ pallet }) => PALLETS.has(pallet))
  const groupOf = (one: KnownCall) => GROUPS.find(([, calls]) => calls.test(one.call))?.[0]
  return GROUPS.flatMap(([name, , shape]) => {
    const own = known.filter((one) => groupOf(one) === name)
    return own.length === 0 ? [] : [createGroup(name, own, shape)]
  })
}

function createGroup(name: string, calls: readonly KnownCall[], shape: Shaper): Strategy {
  return {
    name,
    next: (input) => {
      const { generator, codec, state } = input
      const { pallet, call, fields } = pick(generator.rng, calls)
      const made = generateFields(generator, fields)
      const args = toArgs(made)
      const origin = shape(args, chooseTarget(generator, new SubnetView(codec, state)), input)
      return { kind: 'call', origin, pallet, call, args: fields.length === 0 ? null : args }
    },
  }
}

function toArgs(made: ChainValue): Args {
  if (typeof made !== 'object' || made === null || Array.isArray(made)) return {}
  // SAFETY: neither null nor a list, so fields by name.
  return { ...(made as Readonly<Record<string, ChainValue>>) }
}

function chooseTarget({ rng, pools }: Generator, view: SubnetView): Target {
  const somebody =
    pools.accounts.length === 0 ? `0x${'01'.repeat(32)}` : pick(rng, pools.accounts.slice(0, 8))
  const netuids = view.netuids()
  const netuid = netuids.length > 0 && chance(rng, 95) ? pick(rng, netuids) : rng.int(4)
  const size = view.size(netuid)
  const hotkey = size === 0 ? somebody : (view.hotkey(netuid, rng.int(size)) ?? somebody)
  return { netuid, size, hotkey, coldkey: view.coldkey(hotkey) ?? somebody }
}

function put(args: Args, name: string, value: ChainValue): void {
  if (name in args) args[name] = value
}

/** Uids of the subnet, none twice, and a weight for each. */
function rowOf({ size }: Target, { rng }: Generator): { uids: number[]; weights: number[] } {
  const count = size === 0 ? rng.int(3) : 1 + rng.int(Math.min(size, 4))
  const uids = [...new Set(Array.from({ length: count }, () => rng.int(Math.max(size, 1))))]
  return { uids, weights: uids.map(() => pick(rng, [0, 1, 100, 65_535, rng.int(65_536)])) }
}

function shapeWeights(args: Args, target: Target, { generator }: StrategyInput): Origin {
  const { uids, weights } = rowOf(target, generator)
  put(args, 'netuid', target.netuid)
  put(args, 'dests', uids)
  put(args, 'uids', uids)
  put(args, 'values', weights)
  if ('netuids' in args) {
    args['netuids'] = [target.netuid]
    put(args, 'weights', [uids.map((uid, i) => [uid, weights[i] ?? 0])])
    put(args, 'version_keys', [0])
  } else put(args, 'weights', weights)
  if (chance(generator.rng, 90)) put(args, 'version_key', 0)
  put(args, 'hotkey', target.hotkey)
  return { kind: 'signed', account: target.hotkey }
}

const SALT = [1, 2, 3]

/** The commitment follows from hotkey and subnet, so that a reveal made later fits it without knowing of it. */
function shapeCommitReveal(args: Args, target: Target): Origin {
  const [uids, values] = [[0], [1]]
  const list = (items: readonly number[]) =>
    concatBytes(encodeCompact(items.length), ...items.map((item) => encodeUint(item, 2)))
  const who = [hexToBytes(target.hotkey), encodeUint(target.netuid, 2)]
  const preimage = concatBytes(...who, list(uids), list(values), list(SALT), encodeUint(0, 8))
  put(args, 'netuid', target.netuid)
  put(args, 'commit_hash', bytesToHex(blake2_256(preimage)))
  put(args, 'uids', uids)
  put(args, 'values', values)
  put(args, 'salt', SALT)
  put(args, 'version_key', 0)
  return { kind: 'signed', account: target.hotkey }
}

function shapeRegistration(args: Args, target: Target, { generator }: StrategyInput): Origin {
  const { rng, pools } = generator
  const payer = pools.accounts.length === 0 ? target.coldkey : pick(rng, pools.accounts.slice(0, 8))
  put(args, 'netuid', target.netuid)
  put(args, 'coldkey', payer)
  if (pools.accounts.length > 0 && chance(rng, 90))
    put(args, 'hotkey', pick(rng, pools.accounts.slice(0, 16)))
  return { kind: 'signed', account: payer }
}

function shapeSubnet(args: Args, target: Target, { generator, codec, state }: StrategyInput): Origin {
  const { rng, pools } = generator
  put(args, 'netuid', target.netuid)
  put(args, 'hotkey', target.hotkey)
  put(args, 'coldkey', target.coldkey)
  const owner = new SubnetView(codec, state).owner(target.netuid)
  if (owner !== null && 'netuid' in args) {
    return chance(rng, 70) ? { kind: 'signed', account: owner } : { kind: 'root' }
  }
  const account = pools.accounts.length === 0 ? target.coldkey : pick(rng, pools.accounts.slice(0, 8))
  return { kind: 'signed', account }
}

function shapeStake(args: Args, target: Target, { generator }: StrategyInput): Origin {
  const { rng } = generator
  for (const name of Object.keys(args)) {
    if (/netuid$/.test(name)) args[name] = target.netuid
    else if (/hotkey$/.test(name)) args[name] = target.hotkey
    else if (/amount/.test(name) && chance(rng, 60)) {
      args[name] = pick(rng, ['0', '1', '1000000000', '4294967296', '18446744073709551615'])
    }
  }
  return { kind: 'signed', account: target.coldkey }
}

function shapeAdmin(args: Args, target: Target, { generator }: StrategyInput): Origin {
  const { rng } = generator
  put(args, 'netuid', target.netuid)
  if (chance(rng, 60)) {
    const value = pick(rng, [0, 1, target.size, target.size + 1, 4, 255, 256])
    for (const name of ['tempo', 'max_allowed_uids', 'max_allowed_validators']) put(args, name, value)
  }
  return chance(rng, 80) ? { kind: 'root' } : { kind: 'signed', account: target.coldkey }
}

function shapeCommitment(args: Args, target: Target): Origin {
  put(args, 'netuid', target.netuid)
  return { kind: 'signed', account: target.hotkey }
}
