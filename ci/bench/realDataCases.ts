import { plainKey } from '../../harness/chain/plainKey.ts'
import type { ChainCodec } from '../../harness/codec/index.ts'
import type { Changes } from '../../harness/state/stateView.ts'
import { epochState, ranEpochs } from '../../scenarios/chains/subtensor/epochState.ts'
import { builtGenesis, finneyGenesis, rawGenesis, rawSpecRuntime } from '../realData/realChain.ts'
import type { RealData } from '../realData/realData.ts'
import { finneyFiles } from '../realData/realRuntimes.ts'
import type { BenchCase } from './benchCase.ts'
import type { OurExecutors } from './benchChain.ts'
import { blockCase } from './blockCase.ts'
import { EMPTY_BLOCK, TWO_EPOCHS } from './miniatureCases.ts'
import { upgradeCase } from './upgradeCase.ts'

export interface RealDataCases {
  readonly cases: readonly BenchCase[]
  /** Cases that lack their files, a line each. */
  readonly leftOut: readonly string[]
}

export interface RealDataOptions {
  readonly data: RealData
  readonly executors: OurExecutors
  /** Also what takes Chopsticks many minutes. */
  readonly isLong: boolean
}

interface Candidate {
  readonly name: string
  readonly skipReason: string
  make(name: string): BenchCase
}

const HOUR_MS = 3_600_000
/** Finney's genesis stops in block 95 under its own runtime: its first large epoch takes more than the heap. */
const FINNEY_EMPTY_BLOCK = { ...EMPTY_BLOCK, perRound: 10 }
/** Beside the subnets that Finney began with. */
const FINNEY_EPOCHS = { ...TWO_EPOCHS, netuids: [21, 23] }

/** Cases on real runtimes and states, as far as their files are at hand. */
export function realDataCases(options: RealDataOptions): RealDataCases {
  const cases: BenchCase[] = []
  const leftOut: string[] = []
  for (const { name, skipReason, make } of candidates(options)) {
    if (skipReason === '') cases.push(make(name))
    else leftOut.push(name + skipReason)
  }
  return { cases, leftOut }
}

function candidates({ data, executors, isLong }: RealDataOptions): readonly Candidate[] {
  const local119 = { executors, store: () => rawGenesis(data, 'local119') }
  const heavy119 = { ...local119, prepare: (codec: ChainCodec) => epochState(codec, TWO_EPOCHS) }
  const finney = { executors, store: () => finneyGenesis(data) }
  const dev293 = { executors, store: () => builtGenesis(data, 'auraDev293', executors.thread) }
  const skip119 = data.skipReason('local119')
  return [
    {
      name: 'subtensor 119: empty block',
      skipReason: skip119,
      make: (name) => blockCase({ ...local119, ...EMPTY_BLOCK, name }),
    },
    {
      name: 'subtensor 119: two epochs',
      skipReason: skip119,
      make: (name) =>
        blockCase({
          ...heavy119,
          name,
          perRound: 15,
          // Chopsticks has one block a round, and each takes it longer: 1.3 s the first and 2.7 s the ninth.
          rounds: 9,
          counts: (changes) => ranEpochs(changes, TWO_EPOCHS),
        }),
    },
    {
      name: 'subtensor 119: paying two epochs',
      skipReason: skip119,
      make: (name) => blockCase({ ...heavy119, name, perRound: 15, counts: paidEpochs }),
    },
    {
      name: 'subtensor 293: empty block',
      skipReason: data.skipReason('auraDev293'),
      // Chopsticks cannot build on it: `AuraApi_slot_duration` is the one call for which it allows no unresolved imports, so
      // the BLS imports make that call fail, and it goes on with slots of 12 s where the chain has 1 s.
      make: (name) => blockCase({ ...dev293, ...EMPTY_BLOCK, name, withChopsticksChain: false }),
    },
    {
      name: 'Finney genesis, 101: empty block',
      skipReason: data.skipReason(...finneyFiles(data)),
      make: (name) => blockCase({ ...finney, ...FINNEY_EMPTY_BLOCK, name }),
    },
    {
      name: 'Finney genesis, 101: two epochs',
      skipReason: data.skipReason(...finneyFiles(data)),
      make: (name) =>
        blockCase({
          ...finney,
          prepare: (codec) => epochState(codec, FINNEY_EPOCHS),
          name,
          perRound: 15,
          counts: (changes) => ranEpochs(changes, FINNEY_EPOCHS),
        }),
    },
    {
      name: 'Finney genesis to spec 202',
      skipReason: data.skipReason('local202', ...finneyFiles(data)),
      make: (name) =>
        upgradeCase({
          ...finney,
          name,
          candidate: () => rawSpecRuntime(data, 'local202'),
          rounds: 1,
          withGenesisFile: isLong,
          deadlineMs: HOUR_MS,
        }),
    },
  ]
}

/** Spec 119 pays an epoch's emission in the block after it, to every hotkey. */
function paidEpochs(changes: Changes): boolean {
  const prefix = plainKey('SubtensorModule', 'TotalHotkeyStake')
  let paid = 0
  for (const key of changes.keys()) if (key.startsWith(prefix)) paid++
  return paid >= TWO_EPOCHS.netuids.length * TWO_EPOCHS.neurons
}
