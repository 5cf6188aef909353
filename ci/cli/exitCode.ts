import type { ErrorKind } from '../../harness/base/errors.ts'
import type { Verdict } from '../../reports/model/verdict.ts'

/** What the process tells a script. Stable: scripts retry on `environment` and stop on `notReady`. */
export const EXIT_CODE = {
  /** Every requested check ran and passed; or the command did what was asked. */
  ready: 0,
  /** A check failed. */
  notReady: 1,
  /** The command line or an input file is wrong. */
  usage: 2,
  /** The machine, disk or network stood in the way: no verdict. */
  environment: 3,
  /** A requested check has no result. */
  inconclusive: 4,
  /** Nothing is broken, and differences wait for a person to accept them. */
  review: 5,
  /** A bug of Drydock. */
  bug: 70,
  /** 128 + SIGINT. */
  interrupted: 130,
  /** 128 + SIGTERM. */
  terminated: 143,
} as const

export type ExitCode = (typeof EXIT_CODE)[keyof typeof EXIT_CODE]

/** `EXIT_CODE` of a verdict; `review` ends as `reviewIs` where that is given. */
export function verdictToExitCode(verdict: Verdict, reviewIs: Verdict = 'review'): ExitCode {
  return EXIT_CODE[verdict === 'review' ? reviewIs : verdict]
}

/** `EXIT_CODE` of an error. */
export function errorKindToExitCode(kind: ErrorKind): ExitCode {
  return EXIT_CODE[kind]
}
