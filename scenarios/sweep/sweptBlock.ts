import type { SequenceBlock } from '../rehearsal/blockSequence.ts'

/** `inOrder`: after all blocks before it. `jump`: in height or time, which is an assumption. */
export type Reached = 'inOrder' | 'jump'

/** A block that the sweep looked at, and the same one without the upgrade. */
export interface SweptBlock {
  readonly number: number
  /** Whose work was due in it, such as `subnet 3` or `session`. */
  readonly units: readonly string[]
  readonly reached: Reached
  readonly candidate: SequenceBlock
  /** Null when the chain had stopped before, or nothing of the kind is due without the upgrade. */
  readonly control: SequenceBlock | null
}
