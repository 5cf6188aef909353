import type { Step } from '../strategies/step.ts'
import type { OpenBlock } from './fastChain.ts'

/** A state that a campaign goes on from: a block open for extrinsics, and how it was reached. */
export interface Snapshot {
  readonly block: OpenBlock
  readonly parent: Snapshot | null
  /** From the parent's block to this one; the last is a block step. Empty for the first. */
  readonly steps: readonly Step[]
  /** Steps from the first snapshot. */
  readonly depth: number
  /** Features of its state; those few states have make it worth more. */
  readonly features: readonly number[]
  /** Cases that went on from it. */
  picks: number
}

/** All steps from the first snapshot to this one. */
export function stepsTo(snapshot: Snapshot): readonly Step[] {
  const parts: (readonly Step[])[] = []
  for (let at: Snapshot | null = snapshot; at !== null; at = at.parent) parts.push(at.steps)
  return parts.reverse().flat()
}
