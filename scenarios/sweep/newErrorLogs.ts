import { phaseLabel } from '../../harness/chain/build/phase.ts'
import type { RuntimeLog } from '../../harness/runtime/executor.ts'
import { type ChainProfile, isHarmlessError } from '../check/chainProfile.ts'
import { logLine } from '../check/outcomeEvidence.ts'
import type { SequenceBlock } from '../rehearsal/blockSequence.ts'
import type { SweptBlock } from './sweptBlock.ts'

const ERROR_LEVEL = 1

export interface ErrorLine {
  readonly block: number
  readonly units: readonly string[]
  /** Phase and message. */
  readonly text: string
}

/** By who logged them. */
export interface ErrorLogs {
  readonly target: string
  /** False when the chain had stopped without the upgrade before each of the blocks: what it would have logged is not known. */
  readonly isCompared: boolean
  readonly lines: readonly ErrorLine[]
}

/** Errors that the candidate logs, that no profile lists as harmless, and that no block without the upgrade logs. */
export function newErrorLogs(profile: ChainProfile, blocks: readonly SweptBlock[]): readonly ErrorLogs[] {
  const known = new Set(
    blocks.flatMap(({ control }) =>
      control === null ? [] : errorsOf(control).map(({ log }) => nameOf(log)),
    ),
  )
  const byTarget = new Map<string, ErrorLine[]>()
  const compared = new Set<string>()
  for (const { number, units, candidate, control } of blocks) {
    for (const { log, phase } of errorsOf(candidate)) {
      if (known.has(nameOf(log)) || isHarmlessError(profile, log)) continue
      const lines = byTarget.get(log.target) ?? []
      byTarget.set(log.target, lines)
      if (control?.result.kind === 'built') compared.add(log.target)
      lines.push({ block: number, units, text: `${phase}: ${logLine(log)}` })
    }
  }
  return [...byTarget].map(([target, lines]) => ({ target, isCompared: compared.has(target), lines }))
}

interface PhaseError {
  readonly log: RuntimeLog
  readonly phase: string
}

/** Of a block that could be built: the errors of another go with the block's own finding. */
function errorsOf({ result }: SequenceBlock): readonly PhaseError[] {
  if (result.kind === 'failed') return []
  return result.phases.flatMap(({ name, outcome }) =>
    outcome.logs
      .filter(({ level }) => level === ERROR_LEVEL)
      .map((log) => ({ log, phase: phaseLabel(name) })),
  )
}

/** The same line about other numbers is the same error. */
function nameOf({ target, message }: RuntimeLog): string {
  return `${target}|${message.replaceAll(/\d+/g, '#')}`
}
