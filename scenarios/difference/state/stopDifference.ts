import { outcomeEvidence, outcomeFacts, outcomeSubject } from '../../check/outcomeEvidence.ts'
import type { Difference } from '../difference.ts'
import type { TwinBlock } from '../twin/twin.ts'

/** A block that the candidate does not build, and the runtime on chain does; null for any other end. */
export function stopDifference({ number, control, candidate }: TwinBlock, where = ''): Difference | null {
  if (candidate.kind === 'built' || control.kind !== 'built') return null
  return {
    kind: 'trapped',
    area: 'behavior',
    subject: outcomeSubject(candidate.outcome),
    title: `The chain stops at block ${number}${where}: ${candidate.message}; without the upgrade it goes on`,
    facts: { block: number, ...outcomeFacts(candidate.outcome) },
    evidence: outcomeEvidence(candidate.outcome),
  }
}
