import type { SequenceBlock } from './blockSequence.ts'

/** What all calls of a block cost together; the heap is that of the call that needed most. */
export interface BlockCost {
  readonly ms: number
  readonly reads: number
  readonly writes: number
  readonly heapPeakBytes: number
}

/** The one sum over a block's calls. Reads count the look-ups of a next key too. Times are of this machine. */
export function blockCost({ result }: Pick<SequenceBlock, 'result'>): BlockCost {
  const costs = result.phases.map(({ outcome }) => outcome.cost)
  const sum = (of: (cost: (typeof costs)[number]) => number) =>
    costs.reduce((total, cost) => total + of(cost), 0)
  return {
    ms: sum(({ wallMs }) => wallMs),
    reads: sum(({ reads, nextKeys }) => reads + nextKeys),
    writes: sum(({ writes }) => writes),
    heapPeakBytes: Math.max(0, ...costs.map(({ heapPeakBytes }) => heapPeakBytes)),
  }
}
