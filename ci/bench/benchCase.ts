import { errorMessage } from '../../harness/base/errors.ts'

/** Who does the work of a case, in the order of the table. `SIDE_NOTES` says what each is. */
export const SIDES = ['thread', 'worker', 'genesisFile', 'memory', 'executor'] as const
export type Side = (typeof SIDES)[number]

/** One side at work. */
export interface Contender {
  /** Milliseconds of one run; what a run does besides its work is not in it. */
  run(): Promise<number>
  /** Runs that count, in each round. */
  readonly perRound: number
}

/** Exact counters of the work that all sides do, so that a reader sees what was compared. */
export type Work = Readonly<Record<string, number>>

export interface OpenCase {
  /** A side that is not there does not take part. */
  readonly contenders: Readonly<Partial<Record<Side, Contender>>>
  /** Asked after the last run. */
  readonly work?: () => Work
  close?(): Promise<void>
}

/** One comparison: the same work by several sides. */
export interface BenchCase {
  readonly name: string
  readonly rounds: number
  /** Rounds before them that do not count, until V8 has compiled what runs; default none. */
  readonly warmUpRounds?: number
  /** Of one run; default 180,000. */
  readonly deadlineMs?: number
  /** Brings everything to where the work starts; throws when the sides do not do the same work. */
  open(): Promise<OpenCase>
}

/** Milliseconds over the runs that count. */
export interface Spread {
  readonly min: number
  readonly median: number
  readonly max: number
  readonly runs: number
}

export interface MeasuredRow {
  readonly kind: 'measured'
  readonly name: string
  readonly times: Readonly<Partial<Record<Side, Spread>>>
  /** Median of a side over the median of `thread`. */
  readonly ratios: Readonly<Partial<Record<Side, number>>>
  readonly work: Work
}

export interface FailedRow {
  readonly kind: 'failed'
  readonly name: string
  readonly message: string
}

export type BenchRow = MeasuredRow | FailedRow

const DEFAULT_DEADLINE_MS = 180_000

/** Runs the sides in turn, round after round, so that all see the same machine. What a case throws is its row. */
export async function runCase(bench: BenchCase): Promise<BenchRow> {
  const { name, deadlineMs = DEFAULT_DEADLINE_MS } = bench
  try {
    const open = await within(bench.open(), deadlineMs, 'preparing')
    try {
      const times = await measure(open, bench, deadlineMs)
      return { kind: 'measured', name, times, ratios: ratiosOf(times), work: open.work?.() ?? {} }
    } finally {
      await open.close?.()
    }
  } catch (error) {
    return { kind: 'failed', name, message: errorMessage(error) }
  }
}

async function measure(
  { contenders }: OpenCase,
  { rounds, warmUpRounds = 0 }: BenchCase,
  deadlineMs: number,
): Promise<Partial<Record<Side, Spread>>> {
  const runs: Partial<Record<Side, number[]>> = {}
  for (let round = -warmUpRounds; round < rounds; round++) {
    for (const side of SIDES) {
      const contender = contenders[side]
      if (contender === undefined) continue
      runs[side] ??= []
      const times = runs[side]
      for (let i = 0; i < contender.perRound; i++) {
        const tookMs = await within(contender.run(), deadlineMs, side)
        if (round >= 0) times.push(tookMs)
      }
    }
  }
  const spreads: Partial<Record<Side, Spread>> = {}
  for (const side of SIDES) if (runs[side] !== undefined) spreads[side] = spread(runs[side])
  return spreads
}

/** Of at least one value; the median of an even number is the upper of the middle two. */
export function spread(values: readonly number[]): Spread {
  const sorted = [...values].sort((a, b) => a - b)
  const at = (index: number) => sorted[index] ?? Number.NaN
  return { min: at(0), median: at(sorted.length >> 1), max: at(sorted.length - 1), runs: sorted.length }
}

/** How many times as long as our thread each other side took. */
export function ratiosOf(times: Readonly<Partial<Record<Side, Spread>>>): Partial<Record<Side, number>> {
  const ratios: Partial<Record<Side, number>> = {}
  const ours = times.thread
  if (ours === undefined) return ratios
  for (const side of SIDES) {
    const theirs = times[side]
    if (side !== 'thread' && theirs !== undefined) ratios[side] = theirs.median / ours.median
  }
  return ratios
}

/** Chopsticks has no limit of its own, and a block of its may never come. */
async function within<T>(promise: Promise<T>, limitMs: number, what: string): Promise<T> {
  let timer: NodeJS.Timeout | undefined
  const expired = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`${what} took longer than ${limitMs} ms`)), limitMs)
  })
  try {
    return await Promise.race([promise, expired])
  } finally {
    clearTimeout(timer)
  }
}
