import type { StateVersion } from '../../../harness/state/chainState.ts'
import type { CheckProfile } from '../../../scenarios/check/check.ts'
import type { ReportOutputFlags } from '../../reporting/reportOutputOptions.ts'

/** What the command line says; where it is silent, the configuration does, or else the default holds. */
export interface CheckFlags extends ReportOutputFlags {
  readonly fork?: string
  readonly runtime?: string
  readonly blocks?: number
  readonly only?: readonly string[]
  readonly skip?: readonly string[]
  readonly list?: true
  readonly profile?: CheckProfile
  readonly config?: string
  readonly seed?: number
  readonly shard?: Shard
  readonly scenarios?: string
  readonly proposal?: string
  readonly proposalOrigin?: string
  readonly writeBaseline?: string
  readonly reason?: string
  readonly until?: string
  /** Milliseconds for one call into a runtime. */
  readonly deadline: number
  /** Milliseconds for one check. */
  readonly checkDeadline?: number
  readonly heapPages?: number
  readonly stateVersion: 'auto' | StateVersion
  /** What `review` ends as, for those who gate on it. */
  readonly reviewIs?: 'ready' | 'notReady'
  readonly quiet?: true
  readonly verbose?: true
  readonly logFile?: string
}

/** The part `index` of `count`, from 1. */
export interface Shard {
  readonly index: number
  readonly count: number
}
