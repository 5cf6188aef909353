import type { Fork } from '../../harness/chain/fork.ts'
import type { RuntimeContext } from '../../harness/chain/runtimeContext.ts'
import type { RuntimeBlob } from '../../harness/runtime/blob/index.ts'
import type { Executor } from '../../harness/runtime/executor.ts'
import type { ChainProfile } from './chainProfile.ts'
import type { Limits } from './limits.ts'
import type { Proposal } from './proposal.ts'

/** What a run is about. Nothing in it may be changed: take a `fork.branch()`. */
export interface RunInputs {
  /** The chain before the upgrade. */
  readonly fork: Fork
  /** The runtime on chain before the upgrade. */
  readonly current: RuntimeContext
  /** The candidate, as submitted. */
  readonly candidate: RuntimeBlob
  /** Blocks after the migration block that the user asked for. */
  readonly blockCount: number
  readonly profile: ChainProfile
  readonly limits: Limits
  /** The call that is to install the candidate, when the user gave one. */
  readonly proposal: Proposal | null
  /** An independent executor for second opinions; null when there is none. */
  readonly secondOpinion: Executor | null
  /** One line for people who wait. */
  progress(message: string): void
}

/**
 * Something that several checks look at, such as the upgrade or a sweep over whole periods. It is known by its identity: define it
 * once, at the top of a module, and ask a context for it.
 */
export interface Step<T> {
  /** Names it in messages. */
  readonly name: string
  /** Makes its value from the run's context, so that nothing of the check that asked first is in it. */
  make(run: RunContext): Promise<T>
}

/** What shared steps are made from. */
export interface RunContext extends RunInputs {
  /** Aborted when the user stops the run, or the run is over. */
  readonly signal: AbortSignal
  /** The value of a step, made when it is first asked for and then shared. Rejects for every asker alike when making it failed. */
  get<T>(step: Step<T>): Promise<T>
}
