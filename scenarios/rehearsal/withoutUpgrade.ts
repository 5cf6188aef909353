import type { FailedBlock } from '../../harness/chain/build/blockBuilder.ts'
import { outcomeText } from '../../harness/chain/outcomeText.ts'
import type { RuntimeLog } from '../../harness/runtime/executor.ts'
import type { ChainState } from '../../harness/state/chainState.ts'
import type { RunContext } from '../check/runContext.ts'
import type { SequenceBlock } from './blockSequence.ts'
import { controlBlocks } from './rehearsal.ts'

/** The blocks up to a height under the runtime on chain, or as many as can be built; the last may be a failed one. */
export async function blocksWithout(run: RunContext, number: number): Promise<readonly SequenceBlock[]> {
  const control = await run.get(controlBlocks)
  return control.first(number - run.fork.head.number, run.signal)
}

/** The state at a height without the upgrade, or as far as the chain gets. */
export async function stateWithout(run: RunContext, number: number): Promise<ChainState> {
  const last = (await blocksWithout(run, number)).findLast(({ result }) => result.kind === 'built')
  return last?.result.kind === 'built' ? last.result.head.state : run.fork.head.state
}

/**
 * Why the chain stops at a height without the upgrade as well, and in the same call; null when it goes on, or stops for another reason.
 * Then it is something that is missing here, or the chain's own fault, and none of the candidate's.
 */
export async function sameStopWithout(
  run: RunContext,
  number: number,
  failed: FailedBlock,
): Promise<string | null> {
  const last = (await blocksWithout(run, number)).at(-1)
  if (last?.result.kind !== 'failed' || last.result.entryPoint !== failed.entryPoint) return null
  return reasonOf(last.result) === reasonOf(failed) ? last.result.message : null
}

function reasonOf({ outcome, message }: FailedBlock): string {
  return withoutDigits(outcome.kind === 'ok' ? message : outcomeText(outcome))
}

/** What the runtime on chain logs up to a height without the upgrade: level, target and message, without digits. */
export async function logsWithout(run: RunContext, number: number): Promise<ReadonlySet<string>> {
  const blocks = await blocksWithout(run, number)
  const logs = blocks.flatMap(({ result }) => result.phases.flatMap(({ outcome }) => outcome.logs))
  return new Set(logs.map(logShape))
}

/** A log line without what changes from block to block. */
export function logShape({ level, target, message }: RuntimeLog): string {
  return withoutDigits(`${level} ${target} ${message}`)
}

function withoutDigits(text: string): string {
  return text.replaceAll(/\d+/g, '#')
}
