import { bytesToHex, isEqualBytes } from '../../harness/base/bytes.ts'
import { compareChanges } from '../../harness/chain/compareChanges.ts'
import { type CallComparison, comparedCalls, compareExecutors } from '../../harness/chain/compareExecutors.ts'
import { decodeHeader, encodeHeader, type Header, zeroHash } from '../../harness/chain/header.ts'
import type { Executor, Outcome } from '../../harness/runtime/executor.ts'
import type { ChainState } from '../../harness/state/chainState.ts'
import type { RunContext } from '../check/runContext.ts'
import { blockCost } from './blockCost.ts'
import type { RehearsedBlock } from './rehearsal.ts'

/** The interpreter takes 25 to 300 times as long as V8, most where a call is short and costs next to nothing. */
const SLOWDOWN = 80
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
 * Makes the calls of the blocks on the independent executor too, cheapest block first, while the budget of time lasts.
 */
export async function secondOpinions(
  context: RunContext,
  blocks: readonly RehearsedBlock[],
): Promise<SecondOpinions> {
  const { secondOpinion, fork, progress, signal } = context
  if (secondOpinion === null) return { compared: 0, skipped: 'no second executor', disagreements: [] }
  const refusal = await refusalOf(secondOpinion, blocks)
  if (refusal !== null) {
    return {
      compared: 0,
      skipped: `the second executor cannot run the candidate: ${refusal}`,
      disagreements: [],
    }
  }
  const executors = { left: fork.catalog.executor, right: secondOpinion }
  const disagreements: SecondOpinion[] = []
  let compared = 0
  let leftMs = BUDGET_MS
  for (const block of [...blocks].sort((a, b) => blockCost(a).ms - blockCost(b).ms)) {
    leftMs -= blockCost(block).ms * SLOWDOWN
    if (leftMs < 0)
      return { compared, skipped: `block ${block.number} and costlier ones, to save time`, disagreements }
    signal.throwIfAborted()
    progress(`second opinion on block ${block.number}`)
    const comparisons = await compareBlock(executors, block)
    if (comparisons.some(({ right }) => right.kind === 'limit')) {
      return {
        compared,
        skipped: `block ${block.number} passed a limit of the second executor`,
        disagreements,
      }
    }
    if (comparisons.some(isMissingHostFunction))
      return { compared, skipped: 'the second executor lacks a host function', disagreements }
    compared += comparisons.length
    for (const comparison of comparisons) {
      if (!comparison.agrees) disagreements.push({ block, comparison })
    }
  }
  return { compared, skipped: null, disagreements }
}

/**
 * Why an executor does not take the module at all, such as for instructions that it does not know; null when it runs. It is asked for
 * what every runtime answers, over any state.
 */
async function refusalOf(executor: Executor, blocks: readonly RehearsedBlock[]): Promise<string | null> {
  const [block] = blocks
  if (block === undefined) return null
  const { blob, callOptions } = block.runtime
  const request = { blob, entryPoint: 'Core_version', input: new Uint8Array(), state: block.parent.state }
  const outcome = await executor.call({ ...request, options: { ...callOptions, storageProofSize: 0n } })
  return outcome.kind === 'panic' || outcome.kind === 'invalid' ? outcome.message : null
}

/** The calls of a block on both. What depends on the state root, which the interpreter does not have, is left out. */
export async function compareBlock(
  executors: { readonly left: Executor; readonly right: Executor },
  block: Pick<RehearsedBlock, 'result' | 'runtime'>,
): Promise<readonly CallComparison[]> {
  const { blob } = block.runtime
  const callOptions = { ...block.runtime.callOptions, storageProofSize: 0n }
  const calls = comparedCalls(block.result.phases)
  const options = { callOptions, ignoreStateRoots: true }
  const comparisons = await compareExecutors(executors, { blob, calls }, options)
  const settled: CallComparison[] = []
  for (const [i, comparison] of comparisons.entries()) {
    const call = calls[i]
    if (comparison.agrees || call === undefined) settled.push(comparison)
    else {
      const { label, ...request } = call
      const otherRoot = { ...callOptions, assumedStateRoot: zeroHash() }
      const rootless = await executors.left.call({ ...request, blob, options: otherRoot })
      settled.push(withoutRootDependence(comparison, call.state, rootless))
    }
  }
  return settled
}

/**
 * A runtime may put the root into its state, as pallet-ethereum does with its block header. `rootless` is the same call with
 * another root: keys that differ between the two runs depend on it and prove nothing.
 */
function withoutRootDependence(
  comparison: CallComparison,
  state: ChainState,
  rootless: Outcome,
): CallComparison {
  const { left, right } = comparison
  if (left.kind !== 'ok' || right.kind !== 'ok' || rootless.kind !== 'ok') return comparison
  const dependent = new Set(compareChanges(state, left.changes, rootless.changes).map(({ key }) => key))
  const changes = comparison.changes.filter(({ key }) => !dependent.has(key))
  const sameResult = comparison.sameResult || isSameButForDigest(left.output, right.output, rootless.output)
  return { ...comparison, changes, sameResult, agrees: sameResult && changes.length === 0 }
}

/** Headers that agree in all but the state root, and in the digest where that depends on the root. */
function isSameButForDigest(left: Uint8Array, right: Uint8Array, rootless: Uint8Array): boolean {
  const [ours, theirs, other] = [left, right, rootless].map(decodeHeader)
  if (!ours || !theirs || !other) return false
  const digest = JSON.stringify(ours.digest.map(bytesToHex))
  if (digest === JSON.stringify(other.digest.map(bytesToHex))) return false
  const bare = (header: Header) => encodeHeader({ ...header, stateRoot: zeroHash(), digest: [] })
  return isEqualBytes(bare(ours), bare(theirs)) && ours.digest.length === theirs.digest.length
}

function isMissingHostFunction({ left, right }: CallComparison): boolean {
  return (
    left.kind === 'ok' &&
    right.kind === 'panic' &&
    /not implemented|unresolved|host function/i.test(right.message)
  )
}
