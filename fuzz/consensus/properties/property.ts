import type { ConsensusInput, ConsensusOutput, Shape } from '../abi/index.ts'
import type { RunResult } from '../machine/index.ts'

/** Runs the function under test on any input; each call is one execution. */
export interface Trial {
  /** Holds every input of a campaign. */
  readonly shape: Shape
  /**
   * @param variant Other arbitrary bytes than in the first run, another shape.
   */
  run(input: ConsensusInput, variant?: { readonly seed?: number; readonly shape?: Shape }): RunResult
}

/** An input, and how its run ended. */
export interface Subject {
  readonly input: ConsensusInput
  readonly result: RunResult
  /** Chooses among the ways in which an input can be changed to compare two runs; any whole number. */
  readonly variation: number
}

/** How a property was broken. */
export interface Violation {
  /** One sentence with the values. */
  readonly message: string
  /** Where, for telling violations apart: functions of a trap, or the name of what is wrong. */
  readonly site: string
}

/** Something that holds for every input, or the function is broken. */
export interface ConsensusProperty {
  readonly id: string
  /** Names the fault. */
  readonly title: string
  check(trial: Trial, subject: Subject): Violation | null
}

/** What the function answered, or null when it did not. */
export function outputOf(result: RunResult): ConsensusOutput | null {
  return result.kind === 'returned' ? result.output : null
}
