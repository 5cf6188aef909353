import type { CheckStatus, Facts, Finding } from '../harness/base/finding.ts'
import type { Fork } from '../harness/chain/fork.ts'
import type { RuntimeBlob } from '../harness/runtime/blob/index.ts'
import type { Executor } from '../harness/runtime/executor.ts'
import type { Limits } from './limits.ts'
import type { Rehearsal } from './rehearsal.ts'

/** What every check gets. Nothing in it may be changed by one: take a `fork.branch()`. */
export interface CheckContext {
  /** The chain before the upgrade. */
  readonly fork: Fork
  /** The candidate, as submitted. */
  readonly candidate: RuntimeBlob
  /** The upgrade and the blocks after it, run once for all checks that look at them. */
  readonly rehearsal: Pick<Rehearsal, 'upgrade' | 'blocks'>
  readonly limits: Limits
  /** An independent executor for second opinions; null when there is none. */
  readonly secondOpinion: Executor | null
  /** The command line that runs one check of this run again. */
  reproduce(checkId: string): string
  /** One line for people who wait. */
  progress(message: string): void
  readonly signal: AbortSignal
}

/** What a check has to say. */
export type CheckAnswer =
  | { readonly kind: 'ran'; readonly findings: readonly Finding[]; readonly measures?: Facts }
  /** It could not look at what it is for; never green. */
  | { readonly kind: 'inconclusive'; readonly reason: string; readonly measures?: Facts }

export interface Check {
  /** `group.name`; the row of the catalogue. */
  readonly id: string
  readonly title: string
  /** Which failure of which kind of runtime it is there for. */
  readonly why: string
  run(context: CheckContext): Promise<CheckAnswer>
}

/** A check that was requested, and what became of it. */
export interface CheckRun {
  readonly id: string
  readonly title: string
  readonly status: CheckStatus
  readonly reason?: string
  readonly durationMs: number
  readonly findings: readonly Finding[]
  readonly measures?: Facts
}
