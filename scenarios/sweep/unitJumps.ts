import type { ChainHead } from '../../harness/chain/block.ts'
import type { DueEpoch } from '../check/chainProfile.ts'
import type { RunContext } from '../check/runContext.ts'
import type { SequenceBlock } from '../rehearsal/blockSequence.ts'
import { buildAtHeight } from './jump.ts'
import type { SweptBlock } from './sweptBlock.ts'
import { dueAfter, type Walk } from './walk.ts'

/** How many of its turns are looked through for one that a unit has to itself. */
const TURNS = 32

/**
 * A block for each unit that the walk did not show by itself: those that are due further off, and those that share the
 * block in which the chain stopped. Each is met, where it can be, at a height at which nothing else is due.
 */
export async function jumpToUnits(context: RunContext, walk: Walk): Promise<readonly SweptBlock[]> {
  const shown = new Set(walk.blocks.flatMap((block) => (isClear(block) ? block.units : [])))
  const last = walk.blocks.findLast(({ candidate }) => candidate.result.kind === 'built')
  const due = last === undefined ? walk.due : dueAfter(context, last.candidate)
  const swept: SweptBlock[] = []
  for (const unit of due.filter((one) => !shown.has(one.unit))) {
    context.signal.throwIfAborted()
    const number = heightOf(unit, due)
    context.progress(`the epoch of ${unit.unit}, by a jump to block ${number}`)
    const candidate = await buildFrom(context, walk.head, { number, like: last?.candidate })
    const control = await controlAt(context, walk, number)
    swept.push({ number, units: unitsAt(number, due), reached: 'jump', candidate, control })
  }
  return swept
}

/** It could be built, or there is no doubt whose work stopped it. */
function isClear({ candidate, units }: SweptBlock): boolean {
  return candidate.result.kind === 'built' || units.length === 1
}

function heightOf(unit: DueEpoch, due: readonly DueEpoch[]): number {
  for (let turn = 0; turn < TURNS; turn++) {
    const height = unit.block + turn * unit.periodBlocks
    if (unitsAt(height, due).length === 1) return height
  }
  return unit.block
}

function unitsAt(height: number, due: readonly DueEpoch[]): readonly string[] {
  return due
    .filter(({ block, periodBlocks }) => height >= block && (height - block) % periodBlocks === 0)
    .map(({ unit }) => unit)
}

async function controlAt(context: RunContext, walk: Walk, number: number): Promise<SequenceBlock | null> {
  const known = walk.control.find((block) => block.number === number)
  if (known !== undefined) return known
  const like = walk.control.findLast(({ result }) => result.kind === 'built')
  if (walk.controlHead === null || walk.controlHead.number >= number) return null
  return buildFrom(context, walk.controlHead, { number, like })
}

interface Target {
  readonly number: number
  /** A block before, for the length of its slot. */
  readonly like: SequenceBlock | undefined
}

function buildFrom(context: RunContext, head: ChainHead, { number, like }: Target): Promise<SequenceBlock> {
  const slotDurationMs = like?.result.kind === 'built' ? like.result.claim.slotDurationMs : 0n
  return buildAtHeight({ fork: context.fork, head, number, slotDurationMs })
}
