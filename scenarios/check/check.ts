import type { CheckResult } from '../../reports/model/checkResult.ts'
import type { Severity } from '../../reports/model/finding.ts'
import type { RunContext } from './runContext.ts'
import type { Need } from './step.ts'

/**
 * What every check gets: the run's inputs and shared steps. `signal` is the check's own, aborted when the user stops the run or the
 * check's deadline passes; waiting for a step ends with it, the step itself goes on for the other checks.
 */
export interface CheckContext extends RunContext {
  /** The command line that runs one check of this run again. */
  reproduce(checkId: string): string
}

/** What a check has to say. */
export type CheckAnswer =
  | ({ readonly kind: 'ran' } & Pick<CheckResult, 'findings' | 'measures' | 'tables' | 'assumptions'>)
  /** It could not look at what it is for; never green. */
  | ({ readonly kind: 'inconclusive'; readonly reason: string } & Pick<CheckResult, 'measures'>)
  /** There is nothing for it on this chain or in this candidate. */
  | ({ readonly kind: 'notApplicable'; readonly reason: string } & Pick<CheckResult, 'measures'>)

/** One kind of finding that a check makes. */
export interface CheckRule {
  /** camelCase, unique within the check. */
  readonly id: string
  /** The usual one; a check may go below it, and the user's configuration above or below. */
  readonly severity: Severity
  /** When it is made, in one sentence. */
  readonly says: string
}

/** What is told of a check before it runs. */
export interface CheckFacts {
  /** `group.name`; the row of the catalog. */
  readonly id: string
  readonly title: string
  /** Which failure of which kind of runtime it is there for. */
  readonly why: string
  readonly rules: readonly CheckRule[]
  /** In which profile it is first run. Default `quick`, which `full` contains. */
  readonly profile?: CheckProfile
}

/** A check that the runner can run; made by `defineCheck`. */
export interface Check extends CheckFacts {
  answer(context: CheckContext): Promise<CheckAnswer>
}

/** A check that can always look. */
export interface FreeCheck extends CheckFacts {
  run(context: CheckContext): Promise<CheckAnswer>
}

/** A check that looks at something: without it the check has no result, and with it `run` receives it. */
export interface NeedyCheck<T> extends CheckFacts {
  readonly needs: Need<T>
  run(context: CheckContext, needed: T): Promise<CheckAnswer>
}

/** `quick`: seconds, for each push. `full`: everything, before a release. */
export type CheckProfile = 'quick' | 'full'
