import type { Fork } from '../../../harness/chain/fork.ts'
import { outcomeText } from '../../../harness/chain/outcomeText.ts'
import type { ChainCodec, ChainInput } from '../../../harness/codec/index.ts'
import type { ChainState } from '../../../harness/state/chainState.ts'
import type { Changes, StorageKey } from '../../../harness/state/stateView.ts'
import { epochState } from '../../../scenarios/chains/subtensor/epochState.ts'

/** A small subnet in a state that consensus functions forget. */
interface Probe {
  readonly name: string
  readonly neurons: number
  /** Over a healthy subnet of so many neurons, the first half of them validators. */
  readonly change: (edit: SubnetEdit) => void
}

export interface EpochProbe {
  readonly name: string
  /** `unknown`: no block ran the subnet's epoch. */
  readonly kind: 'returned' | 'panic' | 'unknown'
  /** Of a panic: its message and place. */
  readonly message: string
}

const PALLET = 'SubtensorModule'
const PATIENCE = 4
const U16 = 65_535
/** All that can ever be issued, in parts of 10^-9. */
const WHOLE_SUPPLY = 21_000_000_000_000_000n

const PROBES: readonly Probe[] = [
  { name: 'a healthy subnet', neurons: 4, change: () => {} },
  { name: 'one neuron', neurons: 1, change: () => {} },
  {
    name: 'the weights of neurons that have left',
    neurons: 4,
    change: (edit) => {
      for (const uid of [4, 24]) edit.set('Weights', [uid], [[0, U16]])
    },
  },
  {
    name: 'the bonds of neurons that have left',
    neurons: 4,
    change: (edit) => {
      for (const uid of [4, 24]) edit.set('Bonds', [uid], [[0, U16]])
    },
  },
  {
    name: 'weights and bonds on neurons that have left',
    neurons: 4,
    change: (edit) => {
      for (const item of ['Weights', 'Bonds'])
        edit.set(
          item,
          [0],
          [
            [1, 9],
            [4, U16],
            [U16, U16],
          ],
        )
    },
  },
  { name: 'no weights', neurons: 4, change: (edit) => edit.eachRow('Weights', () => null) },
  { name: 'weights of zero', neurons: 4, change: (edit) => edit.eachRow('Weights', () => [[3, 0]]) },
  {
    name: 'weights on oneself alone',
    neurons: 4,
    change: (edit) => edit.eachRow('Weights', (uid) => [[uid, U16]]),
  },
  {
    name: 'the same neuron named twice',
    neurons: 4,
    change: (edit) =>
      edit.eachRow('Weights', () => [
        [3, U16],
        [3, U16],
      ]),
  },
  { name: 'no stake', neurons: 4, change: (edit) => edit.stake(0n) },
  { name: 'the whole supply as stake', neurons: 4, change: (edit) => edit.stake(WHOLE_SUPPLY) },
]

/** Runs the epoch that a runtime has on each of these subnets, through the state and `on_initialize`. */
export async function probeEpoch(fork: Fork, netuid: number): Promise<readonly EpochProbe[]> {
  const results: EpochProbe[] = []
  for (const probe of PROBES) results.push(await runProbe(fork.branch(), netuid, probe))
  return results
}

async function runProbe(fork: Fork, netuid: number, { name, neurons, change }: Probe): Promise<EpochProbe> {
  const { codec } = await fork.context()
  const edit = new SubnetEdit(codec, netuid, neurons)
  edit.clearRows(fork.head.state)
  change(edit)
  fork.setStorage(edit.changes, name)
  const trace = codec.storageKey(PALLET, 'Dividends', netuid)
  for (let i = 0; i < PATIENCE; i++) {
    const built = await fork.buildBlock()
    const outcome = built.phases.find(({ entryPoint }) => entryPoint === 'Core_initialize_block')?.outcome
    if (outcome === undefined) break
    if (outcome.kind !== 'ok') return { name, kind: 'panic', message: outcomeText(outcome) }
    if (outcome.changes.has(trace)) return { name, kind: 'returned', message: '' }
    if (built.kind === 'failed') break
  }
  return { name, kind: 'unknown', message: `none of ${PATIENCE} blocks ran the epoch` }
}

/** Changes that make a healthy subnet, and those over it. */
class SubnetEdit {
  readonly changes: Map<StorageKey, Uint8Array | null>
  readonly #codec: ChainCodec
  readonly #netuid: number
  readonly #validators: number
  readonly #healthy: Changes

  constructor(codec: ChainCodec, netuid: number, neurons: number) {
    this.#codec = codec
    this.#netuid = netuid
    this.#validators = Math.max(1, neurons >> 1)
    this.#healthy = epochState(codec, { netuids: [netuid], neurons, validators: this.#validators })
    this.changes = new Map(this.#healthy)
  }

  /** Removes rows that the state holds beyond those of the healthy subnet. */
  clearRows(state: ChainState): void {
    for (const item of ['Weights', 'Bonds']) {
      if (this.#codec.item(PALLET, item) === null) continue
      for (const key of state.keysWithPrefix(this.#codec.storagePrefix(PALLET, item))) {
        const described = this.#codec.describeKey(key)
        const isOurs = described?.kind === 'item' && described.args[0] === this.#netuid
        if (isOurs && !this.#healthy.has(key)) this.changes.set(key, null)
      }
    }
  }

  /** An item of the subnet; null removes it. Left out when the runtime does not have it. */
  set(item: string, args: readonly ChainInput[], value: ChainInput | null): void {
    if (this.#codec.item(PALLET, item) === null) return
    const key = this.#codec.storageKey(PALLET, item, this.#netuid, ...args)
    this.changes.set(key, value === null ? null : this.#codec.encodeValue(PALLET, item, value))
  }

  eachRow(item: string, row: (uid: number) => ChainInput | null): void {
    for (let uid = 0; uid < this.#validators; uid++) this.set(item, [uid], row(uid))
  }

  /** Of each validator, in whichever items the runtime keeps it. */
  stake(value: bigint): void {
    for (const item of ['Stake', 'TotalHotkeyStake', 'TotalHotkeySubStake']) {
      if (this.#codec.item(PALLET, item) === null) continue
      const prefix = this.#codec.storagePrefix(PALLET, item)
      for (const key of this.#healthy.keys()) {
        if (key.startsWith(prefix)) this.changes.set(key, this.#codec.encodeValue(PALLET, item, value))
      }
    }
  }
}
