/** One comparison: the same work on ours and on Chopsticks, each returning how long it took. */
export interface BenchCase {
  readonly name: string
  /** Milliseconds of one run. */
  ours(): Promise<number>
  /** Milliseconds of one run; null when it is left out for time. */
  readonly theirs: (() => Promise<number>) | null
  /** Runs that count, of ours between two of theirs. */
  readonly oursPerRound: number
  readonly rounds: number
  close?(): Promise<void>
}

export interface BenchRow {
  readonly name: string
  readonly oursMs: Spread
  readonly theirsMs: Spread | null
  /** Median of theirs over median of ours. */
  readonly ratio: number | null
}

export interface Spread {
  readonly min: number
  readonly median: number
  readonly max: number
  readonly runs: number
}

/** Runs ours and theirs in turn, so that both see the same machine. */
export async function runCase(bench: BenchCase): Promise<BenchRow> {
  const ours: number[] = []
  const theirs: number[] = []
  try {
    for (let round = 0; round < bench.rounds; round++) {
      for (let i = 0; i < bench.oursPerRound; i++) ours.push(await bench.ours())
      if (bench.theirs !== null) theirs.push(await bench.theirs())
    }
  } finally {
    await bench.close?.()
  }
  const oursMs = spread(ours)
  const theirsMs = theirs.length === 0 ? null : spread(theirs)
  return {
    name: bench.name,
    oursMs,
    theirsMs,
    ratio: theirsMs === null ? null : theirsMs.median / oursMs.median,
  }
}

function spread(values: readonly number[]): Spread {
  const sorted = [...values].sort((a, b) => a - b)
  const at = (index: number) => sorted[index] ?? Number.NaN
  return { min: at(0), median: at(sorted.length >> 1), max: at(sorted.length - 1), runs: sorted.length }
}
