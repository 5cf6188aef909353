import type { BlockTime, TimedPair } from './blockTimes.ts'

/** A block whose declared weight fell although its storage accesses did not. */
export interface UndeclaredWeight {
  readonly pair: TimedPair
  readonly declaredPs: bigint
  readonly controlDeclaredPs: bigint
  readonly storagePs: bigint
}

/** Below this share of a block, a lost weight harms nobody. */
const MATTERS_SHARE = 400n
/** Accesses of both runtimes that differ by more than half are other work. */
const OTHER_WORK = 2n

/**
 * Blocks with about the accesses that they have without the upgrade, whose declared weight is less than a `factor`th of what
 * it was, and of what the accesses come to. Seen in whole blocks, and in what a block has above the cheapest one under the
 * same runtime, which is the work that was due. A runtime that never declared it has nothing to lose.
 */
export function undeclaredWeights(pairs: readonly TimedPair[], factor: number): readonly UndeclaredWeight[] {
  const usual = pairs.filter(({ migrates }) => !migrates)
  const floor = { candidate: floorOf(usual.map(({ candidate }) => candidate)), control: controlFloor(usual) }
  return usual.flatMap((pair) => {
    const limitPs = pair.candidate.limitPs
    const ours = countsOf(pair.candidate)
    const theirs = pair.control === null ? null : countsOf(pair.control)
    if (limitPs === null || ours === null || theirs === null) return []
    const isLost = [NO_COUNTS, null].some((zero) => {
      const now = above(ours, zero ?? floor.candidate)
      const before = above(theirs, zero ?? floor.control)
      return hasLost({ now, before, limitPs, factor: BigInt(factor) })
    })
    if (!isLost) return []
    const { declaredPs, storagePs } = ours
    return [{ pair, declaredPs, controlDeclaredPs: theirs.declaredPs, storagePs }]
  })
}

interface Counts {
  readonly declaredPs: bigint
  readonly storagePs: bigint
}

const NO_COUNTS: Counts = { declaredPs: 0n, storagePs: 0n }

interface Comparison {
  readonly now: Counts
  readonly before: Counts
  readonly limitPs: bigint
  readonly factor: bigint
}

function hasLost({ now, before, limitPs, factor }: Comparison): boolean {
  const matters = now.storagePs * MATTERS_SHARE >= limitPs
  const isSameWork =
    now.storagePs <= before.storagePs * OTHER_WORK && before.storagePs <= now.storagePs * OTHER_WORK
  const wasDeclared = before.declaredPs * factor >= before.storagePs
  const declared = now.declaredPs * factor
  return matters && isSameWork && wasDeclared && declared < before.declaredPs && declared < now.storagePs
}

function countsOf({ declaredPs, storagePs }: BlockTime): Counts | null {
  return declaredPs === null || storagePs === null ? null : { declaredPs, storagePs }
}

function controlFloor(pairs: readonly TimedPair[]): Counts {
  return floorOf(pairs.flatMap(({ control }) => (control === null ? [] : [control])))
}

/** What every block has. */
function floorOf(times: readonly BlockTime[]): Counts {
  const counts = times.map(countsOf).filter((one) => one !== null)
  return counts.reduce(
    (least, one) => ({
      declaredPs: smaller(least.declaredPs, one.declaredPs),
      storagePs: smaller(least.storagePs, one.storagePs),
    }),
    counts[0] ?? NO_COUNTS,
  )
}

function smaller(a: bigint, b: bigint): bigint {
  if (a < b) return a
  return b
}

function above(counts: Counts, floor: Counts): Counts {
  return {
    declaredPs: counts.declaredPs - floor.declaredPs,
    storagePs: counts.storagePs - floor.storagePs,
  }
}
