import { isEqualBytes } from '../harness/base/bytes.ts'
import { type CallComparison, comparedCalls, compareExecutors } from '../harness/chain/compareExecutors.ts'
import { decodeHeader, encodeHeader, zeroHash } from '../harness/chain/header.ts'
import type { Phase } from '../harness/chain/phase.ts'
import type { Executor } from '../harness/runtime/executor.ts'
import type { CheckContext } from './check.ts'
import type { RehearsedBlock } from './rehearsal.ts'

/** An interpreter takes some hundred times as long as V8; a call can't be stopped once it runs. */
const SLOWDOWN = 400
const BUDGET_MS = 30_000

export interface SecondOpinion {
  readonly block: RehearsedBlock
  readonly comparison: CallComparison
}

export interface SecondOpinions {
  readonly compared: number
  /** Why calls were left out; null when none was. */
  readonly skipped: string | null
  readonly disagreements: readonly SecondOpinion[]
}

/**
 * Makes the calls of the blocks on the independent executor too, cheapest block first, while the budget of time lasts. It
 * knows no real state roots, so headers are compared without theirs.
 */
export async function secondOpinions(
  context: CheckContext,
  blocks: readonly RehearsedBlock[],
): Promise<SecondOpinions> {
  const { secondOpinion, fork, progress, signal } = context
  if (secondOpinion === null) return { compared: 0, skipped: 'no second executor', disagreements: [] }
  const executors = { left: fork.catalog.executor, right: secondOpinion }
  const disagreements: SecondOpinion[] = []
  let compared = 0
  let leftMs = BUDGET_MS
  for (const block of [...blocks].sort((a, b) => costMs(a) - costMs(b))) {
    leftMs -= costMs(block) * SLOWDOWN
    if (leftMs < 0)
      return { compared, skipped: `block ${block.number} and dearer ones, for time`, disagreements }
    signal.throwIfAborted()
    progress(`second opinion on block ${block.number}`)
    const comparisons = await compareBlock(executors, block)
    const missing = comparisons.find((one) => isMissingHostFunction(one))
    if (missing !== undefined)
      return { compared, skipped: 'the second executor lacks a host function', disagreements }
    compared += comparisons.length
    for (const comparison of comparisons) {
      if (!comparison.agrees) disagreements.push({ block, comparison })
    }
  }
  return { compared, skipped: null, disagreements }
}

/** The calls of a block on both, with headers compared without their state roots. */
export async function compareBlock(
  executors: { readonly left: Executor; readonly right: Executor },
  block: Pick<RehearsedBlock, 'result' | 'runtime'>,
): Promise<readonly CallComparison[]> {
  const { phases } = block.result
  const { blob, callOptions } = block.runtime
  const options = { ...callOptions, storageProofSize: 0n }
  const comparisons = await compareExecutors(executors, blob, comparedCalls(phases), options)
  return comparisons.map((comparison, i) => withoutStateRoot(comparison, phases[i]))
}

function withoutStateRoot(comparison: CallComparison, phase: Phase | undefined): CallComparison {
  const { left, right, changes } = comparison
  if (phase?.name.kind !== 'finalize' || left.kind !== 'ok' || right.kind !== 'ok') return comparison
  const ours = rootlessHeader(left.output)
  const theirs = rootlessHeader(right.output)
  const sameResult = ours !== null && theirs !== null && isEqualBytes(ours, theirs)
  return { ...comparison, sameResult, agrees: sameResult && changes.length === 0 }
}

function rootlessHeader(output: Uint8Array): Uint8Array | null {
  const header = decodeHeader(output)
  return header === null ? null : encodeHeader({ ...header, stateRoot: zeroHash() })
}

function isMissingHostFunction({ left, right }: CallComparison): boolean {
  return (
    left.kind === 'ok' &&
    right.kind === 'panic' &&
    /not implemented|unresolved|host function/i.test(right.message)
  )
}

function costMs(block: RehearsedBlock): number {
  return block.result.phases.reduce((sum, phase) => sum + phase.outcome.cost.wallMs, 0)
}
