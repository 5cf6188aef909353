import {
  type BuildResult,
  buildBlock,
  type ChainHead,
  outcomeText,
  type RuntimeContext,
} from '../../harness/chain/index.ts'
import type { Executor } from '../../harness/runtime/executor.ts'
import { outcomeEvidence } from '../../scenarios/check/outcomeEvidence.ts'
import { ExtrinsicWriter } from '../engine/extrinsicWriter.ts'
import type { CallStep, Step } from '../strategies/step.ts'

export interface ConfirmOptions {
  readonly runtime: RuntimeContext
  /** Where the steps begin: the block after it. */
  readonly head: ChainHead
  readonly steps: readonly Step[]
  /** The ordinary one, with a deadline when the fault may be a call without end. */
  readonly executor: Executor
}

/** What ordinary blocks make of the steps: every block built in order, with real state roots. */
export type Confirmation =
  | {
      readonly kind: 'confirmed'
      readonly block: number
      readonly message: string
      /** Panic, place, stack and logs, a line each. */
      readonly evidence: readonly string[]
    }
  /** The blocks were built and nothing trapped: what the campaign saw needs its jumps in height, or is no trap. */
  | { readonly kind: 'notConfirmed' }
  /** There are more blocks between than are built one by one. */
  | { readonly kind: 'tooFar'; readonly blocks: number }

const MAX_BLOCKS = 2_000

/** Builds all blocks of the steps with the ordinary executor, those between the steps too, until something traps. */
export async function confirmFault(options: ConfirmOptions): Promise<Confirmation> {
  const blocks = options.steps.reduce((sum, step) => sum + (step.kind === 'blocks' ? step.count : 0), 0)
  if (blocks > MAX_BLOCKS) return { kind: 'tooFar', blocks }
  const { callOptions } = options.runtime
  const runtime: RuntimeContext = {
    ...options.runtime,
    executor: options.executor,
    callOptions: { ...callOptions, signatures: 'accept' },
  }
  const writer = new ExtrinsicWriter(runtime)
  let head = options.head
  for (const calls of blocksOf(options.steps)) {
    const extrinsics = calls.flatMap((call, i) => writer.write(call, head.state, calls.slice(0, i)) ?? [])
    const result = await buildBlock(runtime, head, { extrinsics })
    const fault = faultIn(result, head.number + 1)
    if (fault !== null) return fault
    if (result.kind === 'failed') break
    head = result.head
  }
  return { kind: 'notConfirmed' }
}

/** The calls of each block in order, and the block after the last. */
function blocksOf(steps: readonly Step[]): readonly (readonly CallStep[])[] {
  const blocks: CallStep[][] = [[]]
  for (const step of steps) {
    if (step.kind === 'call') blocks.at(-1)?.push(step)
    else for (let i = 0; i < step.count; i++) blocks.push([])
  }
  return [...blocks, []]
}

function faultIn(result: BuildResult, block: number): Confirmation | null {
  if (result.kind === 'failed') {
    return { kind: 'confirmed', block, message: result.message, evidence: outcomeEvidence(result.outcome) }
  }
  const trapped = result.phases.find(({ outcome }) => outcome.kind !== 'ok')
  if (trapped === undefined) return null
  const { outcome } = trapped
  return { kind: 'confirmed', block, message: outcomeText(outcome), evidence: outcomeEvidence(outcome) }
}
