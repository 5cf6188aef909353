import type { Difference } from '../difference.ts'
import { StateRun } from '../state/stateRun.ts'
import type { Twin } from '../twin/twin.ts'

export interface HeightsOptions {
  /** Where migrations are done. */
  readonly twin: Twin
  readonly signal: AbortSignal
}

export interface ComparedHeights {
  readonly heights: readonly number[]
  readonly differences: readonly Difference[]
}

/** Blocks at each height: what is due at it, and in the one after. */
const BLOCKS_AT_EACH = 3
/** At a block every 12 s. */
const USUAL_BLOCKS_A_YEAR = 2_628_000

/** Blocks at heights where numbers need another byte, at powers of two, and a year on: reached by a jump. */
export async function compareHeights({ twin, signal }: HeightsOptions): Promise<ComparedHeights> {
  const { number } = twin.control.head
  const heights = heightsAfter(number)
  const differences = new Map<string, Difference>()
  for (const height of heights) {
    signal.throwIfAborted()
    const there = twin.branch()
    there.jumpTo(height)
    const run = new StateRun(there)
    await run.advanceTo(BLOCKS_AT_EACH, { signal })
    for (const difference of run.differences()) {
      const name = `${difference.kind} ${difference.subject}`
      if (!differences.has(name)) differences.set(name, difference)
    }
  }
  return { heights, differences: [...differences.values()] }
}

/** Ascending. */
function heightsAfter(number: number): readonly number[] {
  const next = 2 ** Math.ceil(Math.log2(number + 2))
  const edges = [2 ** 8, 2 ** 16, 2 ** 24, 2 ** 31, 2 ** 32 - 8]
  const year = number + USUAL_BLOCKS_A_YEAR
  const all = [next, next * 2, next * 4, ...edges, year].filter(
    (height) => height > number + 2 && height < 2 ** 32,
  )
  return [...new Set(all)].sort((a, b) => a - b)
}
