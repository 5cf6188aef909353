import { chance, pick, type Rng } from '../strategies/rng.ts'
import type { Snapshot } from './snapshot.ts'

const CANDIDATES = 4
const RECENT = 40
const MAX_SNAPSHOTS = 4_000

/** The states of a campaign. Those that were picked seldom, and have features that few have, are gone on from more. */
export class SnapshotPool {
  readonly root: Snapshot
  readonly #snapshots: Snapshot[]
  readonly #featureCounts = new Map<number, number>()
  #depth = 0

  constructor(root: Snapshot) {
    this.root = root
    this.#snapshots = [root]
  }

  get size(): number {
    return this.#snapshots.length
  }

  /** Steps to the deepest. */
  get depth(): number {
    return this.#depth
  }

  isNew(feature: number): boolean {
    return !this.#featureCounts.has(feature)
  }

  add(snapshot: Snapshot, countsFeatures: boolean): void {
    if (countsFeatures) {
      for (const feature of snapshot.features) {
        this.#featureCounts.set(feature, (this.#featureCounts.get(feature) ?? 0) + 1)
      }
    }
    // The root stays: everything can be begun anew from it.
    if (this.#snapshots.length >= MAX_SNAPSHOTS) this.#snapshots.splice(1, 1)
    this.#snapshots.push(snapshot)
    this.#depth = Math.max(this.#depth, snapshot.depth)
  }

  choose(rng: Rng): Snapshot {
    let best = this.#candidate(rng)
    let bestCost = this.#cost(best)
    for (let i = 1; i < CANDIDATES; i++) {
      const other = this.#candidate(rng)
      const cost = this.#cost(other)
      if (cost < bestCost) [best, bestCost] = [other, cost]
    }
    return best
  }

  #candidate(rng: Rng): Snapshot {
    if (chance(rng, 50)) return pick(rng, this.#snapshots)
    const recent = Math.min(RECENT, this.#snapshots.length)
    return this.#snapshots[this.#snapshots.length - 1 - rng.int(recent)] ?? this.root
  }

  /** Picks, times how common its rarest feature is. */
  #cost(snapshot: Snapshot): number {
    let rarest = Number.POSITIVE_INFINITY
    for (const feature of snapshot.features) {
      rarest = Math.min(rarest, this.#featureCounts.get(feature) ?? 1)
    }
    return (snapshot.picks + 1) * (Number.isFinite(rarest) ? rarest : 4)
  }
}
