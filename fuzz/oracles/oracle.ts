import type { Overlay } from '../../harness/state/overlay.ts'
import type { Facts, Severity } from '../../reports/model/index.ts'
import type { Applied, Closed, FastChain, OpenBlock, Stop } from '../engine/fastChain.ts'
import type { CallStep } from '../strategies/step.ts'

/** Something wrong that a sequence of steps showed. */
export interface Suspicion {
  /** Id of the oracle. */
  readonly oracle: string
  /** The same for the same fault, whatever the arguments, heights and amounts. */
  readonly key: string
  readonly severity: Severity
  /** One sentence. */
  readonly title: string
  readonly facts: Facts
  readonly evidence: readonly string[]
}

/** A call that was just applied. */
export interface SeenCall {
  readonly chain: FastChain
  readonly block: OpenBlock
  /** After the call. */
  readonly overlay: Overlay
  readonly step: CallStep
  readonly applied: Exclude<Applied, Stop>
}

/** A block that was just ended. */
export interface SeenClose {
  readonly chain: FastChain
  readonly block: OpenBlock
  readonly closed: Exclude<Closed, Stop>
  /** Instructions of all of the block's calls. */
  readonly fuel: number
}

type MaybeLater<T> = T | Promise<T>

/**
 * Says what is wrong with what a campaign sees. A comparison of two runtimes is another oracle: it makes the same step on a chain of its
 * own. Each has a case that it reports and one that it leaves alone in its test.
 */
export interface Oracle {
  readonly id: string
  /** What to look at before the call, handed to `afterCall` as it is. */
  beforeCall?(seen: Pick<SeenCall, 'chain' | 'block' | 'overlay' | 'step'>): unknown
  afterCall?(seen: SeenCall, before: unknown): Suspicion | null
  afterStop?(stop: Stop): Suspicion | null
  afterOpen?(block: OpenBlock, chain: FastChain): MaybeLater<Suspicion | null>
  afterClose?(seen: SeenClose): MaybeLater<Suspicion | null>
}
