import { isEqualBytes } from '../base/bytes.ts'
import type { RuntimeBlob } from '../runtime/blob/index.ts'
import type { CallOptions, Executor, OkOutcome, Outcome, RuntimeLog } from '../runtime/executor.ts'
import type { ChainState } from '../state/chainState.ts'
import { CHILD_ROOT_PREFIX } from '../state/stateView.ts'
import { type Phase, phaseLabel } from './build/phase.ts'
import { type ChangeDifference, compareChanges } from './compareChanges.ts'
import { decodeHeader, encodeHeader } from './header.ts'

/** A call to make on both executors. */
export interface ComparedCall {
  /** For people: a phase, or the entry point. */
  readonly label: string
  readonly entryPoint: string
  readonly input: Uint8Array
  readonly state: ChainState
}

/** How one call went on both, and in what they disagree. Nothing of cost: that differs by nature. */
export interface CallComparison {
  readonly label: string
  readonly left: Outcome
  readonly right: Outcome
  /** False when the outcomes are of different kinds, or their outputs differ. Two that both panicked agree. */
  readonly sameResult: boolean
  readonly changes: readonly ChangeDifference[]
  /** Log lines that only one of them gave, in order; executors that keep no logs differ in all of them. */
  readonly logs: { readonly left: readonly RuntimeLog[]; readonly right: readonly RuntimeLog[] }
  /** Result and changes are the same. */
  readonly agrees: boolean
}

/** The calls of a block, from its phases, for `compareExecutors`. */
export function comparedCalls(phases: readonly Phase[]): readonly ComparedCall[] {
  return phases.map(({ name, entryPoint, input, state }) => ({
    label: phaseLabel(name),
    entryPoint,
    input,
    state,
  }))
}

export interface CompareOptions {
  readonly callOptions?: CallOptions
  /** One of them computes no state roots, as Chopsticks' executor: leave those of finalized headers and of child tries out. */
  readonly ignoreStateRoots?: boolean
}

/** Makes each call on both executors, from the same state, one after the other so that their times mean something. */
export async function compareExecutors(
  executors: { readonly left: Executor; readonly right: Executor },
  { blob, calls }: { readonly blob: RuntimeBlob; readonly calls: readonly ComparedCall[] },
  options: CompareOptions = {},
): Promise<readonly CallComparison[]> {
  const { callOptions = {}, ignoreStateRoots = false } = options
  const comparisons: CallComparison[] = []
  for (const compared of calls) {
    const { label, ...call } = compared
    const left = await executors.left.call({ ...call, blob, options: callOptions })
    const right = await executors.right.call({ ...call, blob, options: callOptions })
    comparisons.push(compareOutcomes(compared, { left, right }, ignoreStateRoots))
  }
  return comparisons
}

/** Two outcomes of the same call. */
export function compareOutcomes(
  { label, state }: Pick<ComparedCall, 'label' | 'state'>,
  outcomes: { readonly left: Outcome; readonly right: Outcome },
  ignoreStateRoots = false,
): CallComparison {
  const { left, right } = outcomes
  const bothOk = left.kind === 'ok' && right.kind === 'ok'
  const sameResult = bothOk ? isSameOutput(left, right, ignoreStateRoots) : left.kind === right.kind
  const differences = bothOk ? compareChanges(state, left.changes, right.changes) : []
  const changes = ignoreStateRoots
    ? differences.filter(({ key }) => !key.startsWith(CHILD_ROOT_PREFIX))
    : differences
  const logs = { left: onlyIn(left.logs, right.logs), right: onlyIn(right.logs, left.logs) }
  return { label, left, right, sameResult, changes, logs, agrees: sameResult && changes.length === 0 }
}

function isSameOutput(left: OkOutcome, right: OkOutcome, ignoreStateRoots: boolean): boolean {
  if (isEqualBytes(left.output, right.output)) return true
  if (!ignoreStateRoots || left.entryPoint !== 'BlockBuilder_finalize_block') return false
  const [ours, theirs] = [decodeHeader(left.output), decodeHeader(right.output)]
  if (ours === null || theirs === null) return false
  return isEqualBytes(encodeHeader({ ...ours, stateRoot: theirs.stateRoot }), right.output)
}

/** Lines of `a` beyond those that `b` has too, counting repetitions. */
function onlyIn(a: readonly RuntimeLog[], b: readonly RuntimeLog[]): readonly RuntimeLog[] {
  const rest = new Map<string, number>()
  for (const log of b) rest.set(logText(log), (rest.get(logText(log)) ?? 0) + 1)
  return a.filter((log) => {
    const left = rest.get(logText(log)) ?? 0
    if (left > 0) rest.set(logText(log), left - 1)
    return left === 0
  })
}

function logText(log: RuntimeLog): string {
  return `${log.level} ${log.target} ${log.message}`
}
