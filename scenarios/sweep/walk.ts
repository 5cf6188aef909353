import type { ChainHead } from '../../harness/chain/block.ts'
import type { DueEpoch } from '../check/chainProfile.ts'
import type { RunContext } from '../check/runContext.ts'
import type { BlockSequence, SequenceBlock } from '../rehearsal/blockSequence.ts'
import { candidateBlocks, controlBlocks } from '../rehearsal/rehearsal.ts'
import type { SweptBlock } from './sweptBlock.ts'

/** Blocks in order, under the candidate and without the upgrade. */
export interface Walk {
  readonly blocks: readonly SweptBlock[]
  /** Blocks without the upgrade from the fork's head on, as far as they could be built and were asked for. */
  readonly control: readonly SequenceBlock[]
  /** What is due next after the migration block. */
  readonly due: readonly DueEpoch[]
  /** The last block that the candidate could build. */
  readonly head: ChainHead
  /** The same without the upgrade; null when none did. */
  readonly controlHead: ChainHead | null
}

/** What the profile says is due after `head`, in the words of the runtime that stands there. */
export function dueAfter({ profile }: RunContext, block: SequenceBlock): readonly DueEpoch[] {
  const { result, runtime } = block
  if (profile.dueEpochs === null || result.kind !== 'built') return []
  return profile.dueEpochs(runtime.codec, result.head.state, result.head.number)
}

/**
 * Goes on from the rehearsed blocks until all that is due within `limits.sweepBlocks` has been due once, or the chain stops.
 * Null when there is no migration block.
 */
export async function walkBlocks(context: RunContext): Promise<Walk | null> {
  const sequence = await context.get(candidateBlocks)
  const [first] = (await sequence?.first(1, context.signal)) ?? []
  if (sequence === null || first?.result.kind !== 'built') return null
  const due = dueAfter(context, first)
  const { blocks, units } = await walkUntilDue(context, sequence, { first, due })
  const last = blocks.at(-1) ?? first
  const base = context.fork.head.number
  const control = await (await context.get(controlBlocks)).first(last.number - base, context.signal)
  return {
    blocks: blocks.map((candidate) => ({
      number: candidate.number,
      units: units.get(candidate.number) ?? [],
      reached: 'inOrder' as const,
      candidate,
      control: control[candidate.number - base - 1] ?? null,
    })),
    control,
    due,
    head: lastHead(blocks) ?? first.result.head,
    controlHead: lastHead(control),
  }
}

interface Start {
  readonly first: SequenceBlock
  readonly due: readonly DueEpoch[]
}

async function walkUntilDue(context: RunContext, sequence: BlockSequence, { first, due }: Start) {
  const { sweepBlocks } = context.limits
  const horizon = first.number + sweepBlocks
  const pending = new Set(due.filter(({ block }) => block <= horizon).map(({ unit }) => unit))
  const units = new Map<number, readonly string[]>()
  const least = Math.min(context.blockCount, sweepBlocks)
  let blocks: readonly SequenceBlock[] = [first]
  for (let next = dueAfter(context, first); blocks.length <= sweepBlocks; ) {
    if (blocks.length > least && pending.size === 0) break
    const longer = await sequence.first(blocks.length + 1, context.signal)
    const block = longer.at(-1)
    if (longer.length === blocks.length || block === undefined) break
    blocks = longer
    const names = next.filter((one) => one.block === block.number).map(({ unit }) => unit)
    if (names.length > 0) units.set(block.number, names)
    for (const name of names) pending.delete(name)
    next = dueAfter(context, block)
  }
  return { blocks, units }
}

function lastHead(blocks: readonly SequenceBlock[]): ChainHead | null {
  const built = blocks.findLast(({ result }) => result.kind === 'built')
  return built?.result.kind === 'built' ? built.result.head : null
}
