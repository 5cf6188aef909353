import type { Fork } from '../../harness/chain/fork.ts'
import type { RuntimeContext } from '../../harness/chain/runtimeContext.ts'
import type { RuntimeBlob } from '../../harness/runtime/blob/index.ts'
import type { Executor } from '../../harness/runtime/executor.ts'
import type { CheckStatus } from '../../reports/model/checkResult.ts'
import type { DataTable } from '../../reports/model/dataTable.ts'
import type { Facts, Finding, Severity } from '../../reports/model/finding.ts'
import type { SharedRehearsal } from '../rehearsal/rehearsal.ts'
import type { ChainProfile } from './chainProfile.ts'
import type { Limits } from './limits.ts'
import type { Proposal } from './proposal.ts'

/** What every check gets. Nothing in it may be changed by one: take a `fork.branch()`. */
export interface CheckContext {
  /** The chain before the upgrade. */
  readonly fork: Fork
  /** The runtime on chain before the upgrade. */
  readonly current: RuntimeContext
  /** The candidate, as submitted. */
  readonly candidate: RuntimeBlob
  /** The upgrade and the blocks around it, run once for all checks that look at them. */
  readonly rehearsal: SharedRehearsal
  readonly profile: ChainProfile
  readonly limits: Limits
  /** The call that is to install the candidate, when the user gave one. */
  readonly proposal: Proposal | null
  /** An independent executor for second opinions; null when there is none. */
  readonly secondOpinion: Executor | null
  /** The command line that runs one check of this run again. */
  reproduce(checkId: string): string
  /** One line for people who wait. */
  progress(message: string): void
  /** Of this check: aborted when the user stops the run, or the check's deadline passes. */
  readonly signal: AbortSignal
}

/** What a check has to say. */
export type CheckAnswer =
  | {
      readonly kind: 'ran'
      readonly findings: readonly Finding[]
      readonly measures?: Facts
      /** What it has to show besides. */
      readonly tables?: readonly DataTable[]
      /** What it took for granted and a real chain may not grant, a sentence each. */
      readonly assumptions?: readonly string[]
    }
  /** It could not look at what it is for; never green. */
  | { readonly kind: 'inconclusive'; readonly reason: string; readonly measures?: Facts }
  /** There is nothing for it on this chain or in this candidate. */
  | { readonly kind: 'notApplicable'; readonly reason: string; readonly measures?: Facts }

/** One kind of finding that a check makes. */
export interface CheckRule {
  /** camelCase, unique within the check. */
  readonly id: string
  /** The usual one; a check may go below it, and the user's configuration above or below. */
  readonly severity: Severity
  /** When it is made, in one sentence. */
  readonly says: string
}

/**
 * What has to have come about before a check can look. `upgrade`: the upgrade went through. `blocks`: at least the
 * migration block did. A check without them is run even when the upgrade fails.
 */
export type Need = 'upgrade' | 'blocks'

export interface Check {
  /** `group.name`; the row of the catalogue. */
  readonly id: string
  readonly title: string
  /** Which failure of which kind of runtime it is there for. */
  readonly why: string
  readonly rules: readonly CheckRule[]
  readonly needs: readonly Need[]
  /** In which profile it is first run. Default `quick`, which `full` contains. */
  readonly profile?: CheckProfile
  run(context: CheckContext): Promise<CheckAnswer>
}

/** `quick`: seconds, for each push. `full`: everything, before a release. */
export type CheckProfile = 'quick' | 'full'

/** A check that was requested, and what became of it. */
export interface CheckRun {
  readonly id: string
  readonly title: string
  readonly status: CheckStatus
  /** Why it is inconclusive, or not applicable. */
  readonly reason?: string
  readonly durationMs: number
  readonly findings: readonly Finding[]
  readonly measures?: Facts
  readonly tables?: readonly DataTable[]
  readonly assumptions?: readonly string[]
}
