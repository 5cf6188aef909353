import type { ChainCodec } from '../../harness/codec/index.ts'
import type { StateView } from '../../harness/state/stateView.ts'
import type { Generator } from './generateValue.ts'
import type { CallStep } from './step.ts'

/** What a strategy sees when it chooses the next call: the state in the middle of the block. */
export interface StrategyInput {
  readonly generator: Generator
  readonly codec: ChainCodec
  readonly state: StateView
}

/** A way to choose calls. A campaign learns which of its strategies find something. */
export interface Strategy {
  readonly name: string
  /** Null when there is nothing for it in this state. */
  next(input: StrategyInput): CallStep | null
}
