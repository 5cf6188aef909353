import { DrydockError } from '../../../harness/base/errors.ts'
import type { Fork } from '../../../harness/chain/fork.ts'
import { outcomeText } from '../../../harness/chain/outcomeText.ts'
import type { CallRequest, Executor, Outcome } from '../../../harness/runtime/executor.ts'
import {
  type EpochStateOptions,
  epochState,
  ranEpochs,
} from '../../../scenarios/chains/subtensor/epochState.ts'
import { type EpochLaw, fitEpochLaw } from './epochLaw.ts'

export interface MeasureEpochOptions {
  readonly netuid: number
  /** Numbers of neurons, ascending. */
  readonly sizes: readonly number[]
  /** The most neurons with stake and full rows of weights; at most half of a subnet's. */
  readonly validators: number
  readonly onSize?: (size: EpochSize) => void
}

/** The block of one subnet's epoch at one size. */
export interface EpochSize {
  readonly n: number
  readonly validators: number
  /** Weights in all rows. */
  readonly weights: number
  /** Of `Core_initialize_block`; the same in every run. */
  readonly fuel: number
  readonly reads: number
  readonly writes: number
  readonly heapPeakBytes: number
}

export type EpochMeasurement =
  | {
      readonly kind: 'measured'
      readonly sizes: readonly EpochSize[]
      /** Null for fewer than five sizes. */
      readonly law: EpochLaw | null
    }
  /** The epoch ended in a panic or a limit, or two runs of it differ. */
  | {
      readonly kind: 'broken'
      readonly sizes: readonly EpochSize[]
      readonly n: number
      readonly fault: 'panic' | 'nondeterministic'
      readonly message: string
    }
  /** No block did the whole epoch: the runtime keeps its subnets in another way. */
  | { readonly kind: 'noEpoch'; readonly n: number; readonly message: string }

/** Blocks in which an epoch of tempo 1 has to come. */
const PATIENCE = 4

/**
 * Makes subnets of given sizes by changing the state, lets the runtime's own `on_initialize` run their epochs, and counts
 * instructions twice, in two instances.
 */
export async function measureEpoch(fork: Fork, options: MeasureEpochOptions): Promise<EpochMeasurement> {
  const sizes: EpochSize[] = []
  for (const n of options.sizes) {
    const measured = await measureSize(fork, n, options)
    if (measured.kind === 'broken') return { ...measured, sizes }
    if (measured.kind === 'noEpoch') return measured
    sizes.push(measured.size)
    options.onSize?.(measured.size)
  }
  return { kind: 'measured', sizes, law: fitEpochLaw(sizes) }
}

type MeasuredSize =
  | { readonly kind: 'size'; readonly size: EpochSize }
  | { readonly kind: 'noEpoch'; readonly n: number; readonly message: string }
  | {
      readonly kind: 'broken'
      readonly n: number
      readonly fault: 'panic' | 'nondeterministic'
      readonly message: string
    }

async function measureSize(fork: Fork, n: number, options: MeasureEpochOptions): Promise<MeasuredSize> {
  const validators = Math.min(options.validators, Math.max(1, n >> 1))
  const epoch: EpochStateOptions = { netuids: [options.netuid], neurons: n, validators }
  const branch = fork.branch()
  const { codec, blob } = await branch.context()
  branch.setStorage(epochState(codec, epoch), `a subnet of ${n} neurons whose epoch is due`)
  for (let i = 0; i < PATIENCE; i++) {
    const built = await branch.buildBlock()
    const phase = built.phases.find(({ entryPoint }) => entryPoint === 'Core_initialize_block')
    if (phase === undefined) break
    if (phase.outcome.kind !== 'ok') return broken(n, 'panic', outcomeText(phase.outcome))
    if (ranEpochs(phase.outcome.changes, epoch)) {
      const { entryPoint, input, state } = phase
      return countTwice(fork.catalog.executor, { blob, entryPoint, input, state }, epoch)
    }
    if (built.kind === 'failed') break
  }
  return {
    kind: 'noEpoch',
    n,
    message: `None of ${PATIENCE} blocks ran the epoch of a subnet of ${n} neurons.`,
  }
}

const broken = (n: number, fault: 'panic' | 'nondeterministic', message: string): MeasuredSize => ({
  kind: 'broken',
  n,
  fault,
  message,
})

async function countTwice(
  executor: Executor,
  request: CallRequest,
  { neurons, validators }: EpochStateOptions,
): Promise<MeasuredSize> {
  const count = (freshInstance: boolean): Promise<Outcome> =>
    executor.call({ ...request, options: { countInstructions: true, freshInstance, maxLogLevel: 0 } })
  const [first, second] = [await count(false), await count(true)]
  if (first.kind !== 'ok') return broken(neurons, 'panic', outcomeText(first))
  if (second.kind !== 'ok') return broken(neurons, 'panic', outcomeText(second))
  const fuel = instructionsOf(first)
  const again = instructionsOf(second)
  if (fuel !== again) {
    return broken(neurons, 'nondeterministic', `Two runs take ${fuel} and ${again} instructions.`)
  }
  const { reads, writes, heapPeakBytes } = first.cost
  const weights = validators * (neurons - 1)
  return { kind: 'size', size: { n: neurons, validators, weights, fuel, reads, writes, heapPeakBytes } }
}

function instructionsOf({ cost }: Outcome): number {
  if (cost.instructions !== undefined) return cost.instructions
  throw new DrydockError('this executor does not count instructions', {
    code: 'EPOCH_NOT_COUNTED',
    kind: 'bug',
  })
}
