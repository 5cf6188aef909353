import type { JoinOrigin, PathCondition, Value } from './term.ts'

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
