import { blockWeight } from '../../harness/chain/blockWeight.ts'
import { blockCost } from '../rehearsal/blockCost.ts'
import type { SequenceBlock } from '../rehearsal/blockSequence.ts'
import { hasMigrationCursor } from '../rehearsal/growth.ts'
import { storageTimePs } from '../rehearsal/storageTime.ts'
import type { SweptBlock } from './index.ts'

/** Time and weight of one block under one runtime. Weights are ref_time, in picoseconds. */
export interface BlockTime {
  readonly block: SequenceBlock
  readonly ms: number
  /** What the block counted for its hooks and inherents; null where it keeps no count. */
  readonly declaredPs: bigint | null
  /** Its storage accesses by the runtime's own DbWeight; null where it has none. */
  readonly storagePs: bigint | null
  /** Of a whole block; null for runtimes from before 2021. */
  readonly limitPs: bigint | null
}

/** A block under the candidate and the same one without the upgrade. */
export interface TimedPair {
  readonly swept: SweptBlock
  readonly candidate: BlockTime
  readonly control: BlockTime | null
  /** The migration block, or one with a step of a multi-block migration: more expensive on purpose. */
  readonly migrates: boolean
}

/** Blocks that the candidate could build, in the order given. The first one in order is the migration block. */
export function timedPairs(blocks: readonly SweptBlock[]): readonly TimedPair[] {
  return blocks.flatMap((swept, position) => {
    const candidate = blockTime(swept.candidate)
    if (candidate === null) return []
    const { runtime, parent } = swept.candidate
    const migrates = position === 0 || hasMigrationCursor(runtime.codec, parent.state)
    return [{ swept, candidate, control: swept.control === null ? null : blockTime(swept.control), migrates }]
  })
}

/** Null for a block that could not be built. */
function blockTime(block: SequenceBlock): BlockTime | null {
  if (block.result.kind !== 'built') return null
  const { ms, reads, writes } = blockCost(block)
  const { codec } = block.runtime
  const weight = blockWeight(codec, block.result.head.state)
  return {
    block,
    ms,
    declaredPs: weight?.classes.mandatory.refTime ?? null,
    storagePs: storageTimePs({ reads, writes }, codec.dbWeight()),
    limitPs: weight?.limits?.maxBlock.refTime ?? null,
  }
}

/**
 * Shortest time of the block's calls when they are made again, so that what else the machine does counts little. Each call
 * is made `times` times.
 */
export async function shortestMs({ block, ms }: BlockTime, times: number): Promise<number> {
  const { executor, blob, callOptions: options } = block.runtime
  let shortest = ms
  for (let run = 0; run < times; run++) {
    let total = 0
    for (const { entryPoint, input, state } of block.result.phases) {
      total += (await executor.call({ blob, entryPoint, input, state, options })).cost.wallMs
    }
    shortest = Math.min(shortest, total)
  }
  return shortest
}
