import type { Value } from './value.ts'

/** Conditions that hold on a path, the newest first. */
export type PathCondition = {
  readonly condition: Value
  readonly isTrue: boolean
  readonly previous: PathCondition
  readonly depth: number
} | null

export function extendPath(previous: PathCondition, condition: Value, isTrue: boolean): PathCondition {
  return { condition, isTrue, previous, depth: previous === null ? 1 : previous.depth + 1 }
}

/**
 * The newest conditions of a path, as a path of their own. What is forgotten still holds, so that joins of such a path say
 * less, and nothing wrong.
 */
export function newestOfPath(path: PathCondition, count: number): PathCondition {
  const list: NonNullable<PathCondition>[] = []
  for (let step = path; step !== null && list.length < count; step = step.previous) list.push(step)
  let kept: PathCondition = null
  for (const { condition, isTrue } of list.reverse()) kept = extendPath(kept, condition, isTrue)
  return kept
}

/** The conditions from before two paths parted. */
function sharedPath(a: PathCondition, b: PathCondition): PathCondition {
  let x = a
  let y = b
  while (x !== y) {
    if (x === null || y === null) return null
    if (x.depth > y.depth) x = x.previous
    else if (y.depth > x.depth) y = y.previous
    else {
      x = x.previous
      y = y.previous
    }
  }
  return x
}

/**
 * Where a joined value comes from: if it is the first arm, everything that `pathA` adds to `shared` holds, and if it is the
 * second, everything that `pathB` adds.
 */
export interface JoinOrigin {
  readonly pathA: PathCondition
  readonly pathB: PathCondition
  readonly shared: PathCondition
  /** The deepest of the conditions. */
  readonly depth: number
}

/** What the join of two paths means for a value that differs. */
export function originOf(pathA: PathCondition, pathB: PathCondition): JoinOrigin {
  const shared = sharedPath(pathA, pathB)
  const depth = Math.max(depthSince(pathA, shared), depthSince(pathB, shared))
  return { pathA, pathB, shared, depth }
}

function depthSince(path: PathCondition, shared: PathCondition): number {
  let depth = 0
  for (let step = path; step !== null && step !== shared; step = step.previous) {
    const { condition } = step
    if (typeof condition === 'object') depth = Math.max(depth, condition.depth)
  }
  return depth
}
