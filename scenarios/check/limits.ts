/**
 * Above what a measurement becomes a finding.
 *
 * The times are those that subtensor's team uses for building a block on a clone (warn at 2 s, fail at 4 s of a 12 s slot).
 * Times are of this machine; weights and counts are not.
 */
export interface Limits {
  readonly blockWarnMs: number
  readonly blockFailMs: number
  /** Measured above declared by this factor is a finding. */
  readonly weightFactor: number
  /** Slower than the runtime on chain in the same block by this factor is a finding. */
  readonly slowdownFactor: number
  /** Shares of the heap, 0 to 1. */
  readonly heapWarnShare: number
  /** Shares of the largest extrinsic, 0 to 1. */
  readonly sizeWarnShare: number
  /** Blocks that migrations may take after the upgrade until they are done. */
  readonly settleBlocks: number
  /** Blocks that they may take while each of the last ones got further. */
  readonly settleMostBlocks: number
  /** Blocks of the sweep that are built one after the other; epochs further off are reached by a jump in height. */
  readonly sweepBlocks: number
  /** Blocks of which the state with and without the upgrade is compared. */
  readonly differenceBlocks: number
  /** The same before a release: a day of a chain with a block every 12 s. */
  readonly horizonBlocks: number
}

export const DEFAULT_LIMITS: Limits = {
  blockWarnMs: 2000,
  blockFailMs: 4000,
  weightFactor: 3,
  slowdownFactor: 5,
  heapWarnShare: 0.8,
  sizeWarnShare: 0.8,
  settleBlocks: 50,
  settleMostBlocks: 400,
  sweepBlocks: 400,
  differenceBlocks: 300,
  horizonBlocks: 7_200,
}
