import { heapPagesOf } from '../../harness/runtime/heapPages.ts'
import type { ChainState } from '../../harness/state/chainState.ts'
import type { RunContext } from '../check/runContext.ts'
import { blockCost } from '../rehearsal/blockCost.ts'
import type { SweptBlock } from './sweptBlock.ts'

const PAGE_BYTES = 65_536

export interface HeapPeak {
  readonly swept: SweptBlock
  readonly peakBytes: number
  /** Of the same block without the upgrade. */
  readonly controlBytes: number | null
  readonly limitBytes: number
}

/**
 * The highest block of each unit that passes `limits.heapWarnShare` of the node's heap, and does not without the upgrade.
 * Blocks that could not be built are left out: they say so themselves.
 */
export function heapPeaks(context: RunContext, blocks: readonly SweptBlock[]): readonly HeapPeak[] {
  const peaks = new Map<string, HeapPeak>()
  for (const swept of blocks) {
    if (swept.candidate.result.kind !== 'built') continue
    const limitBytes = heapLimitBytes(context, swept.candidate.parent.state)
    const warnBytes = limitBytes * context.limits.heapWarnShare
    const peakBytes = blockCost(swept.candidate).heapPeakBytes
    const controlBytes = swept.control === null ? null : blockCost(swept.control).heapPeakBytes
    if (peakBytes < warnBytes || (controlBytes ?? 0) >= warnBytes) continue
    const unit = swept.units[0] ?? ''
    if ((peaks.get(unit)?.peakBytes ?? 0) < peakBytes) {
      peaks.set(unit, { swept, peakBytes, controlBytes, limitBytes })
    }
  }
  return [...peaks.values()]
}

/** What a call may allocate: as the user says, as the state says under `:heappages`, or 128 MiB. */
function heapLimitBytes({ fork }: RunContext, state: ChainState): number {
  return (fork.catalog.callOptions.heapPages ?? heapPagesOf(state)) * PAGE_BYTES
}
