/** Negative when the item `a` comes before the item `b`, 0 when they are equal. */
type CompareItems = (a: number, b: number) => number

/**
 * Sorts the items 0..count-1, which come in ascending runs that start at `runStarts` (the first is 0). Stable.
 * PERF: n comparisons per doubling of runs, so what is sorted already costs nothing and two lists end to end one pass.
 */
export function mergeRuns(count: number, runStarts: readonly number[], compare: CompareItems): Uint32Array {
  let from = new Uint32Array(count)
  for (let i = 0; i < count; i++) from[i] = i
  let into = new Uint32Array(runStarts.length > 1 ? count : 0)
  let starts = runStarts
  while (starts.length > 1) {
    const merged: number[] = []
    for (let run = 0; run < starts.length; run += 2) {
      const start = starts[run] ?? 0
      const middle = starts[run + 1] ?? count
      mergeTwo(from, into, { start, middle, end: starts[run + 2] ?? count }, compare)
      merged.push(start)
    }
    ;[from, into] = [into, from]
    starts = merged
  }
  return from
}

interface TwoRuns {
  readonly start: number
  readonly middle: number
  readonly end: number
}

function mergeTwo(
  from: Uint32Array,
  into: Uint32Array,
  { start, middle, end }: TwoRuns,
  compare: CompareItems,
): void {
  let left = start
  let right = middle
  for (let at = start; at < end; at++) {
    const leftItem = from[left] ?? 0
    const rightItem = from[right] ?? 0
    const takesLeft = right >= end || (left < middle && compare(leftItem, rightItem) <= 0)
    into[at] = takesLeft ? leftItem : rightItem
    if (takesLeft) left++
    else right++
  }
}
