import type { RuntimeBlob } from './runtimeBlob.ts'
import type { FunctionFacts } from './walkFunctions.ts'

export interface ReachableOptions {
  /** Exports to start from. */
  isEntryPoint(name: string): boolean
  /** Functions whose calls are not followed. */
  isWall(functionIndex: number): boolean
}

/**
 * The functions that direct calls lead to from entry points. What is reached only through a table of functions (formatters and other
 * trait objects, for the most part) is not among them.
 */
export function reachableFunctions(
  blob: RuntimeBlob,
  functions: readonly FunctionFacts[],
  { isEntryPoint, isWall }: ReachableOptions,
): ReadonlySet<number> {
  const calls = new Map(functions.map(({ functionIndex, calls: targets }) => [functionIndex, targets]))
  const reached = new Set<number>()
  const open = blob.exports.flatMap(({ kind, name, index }) =>
    kind === 'function' && isEntryPoint(name) ? [index] : [],
  )
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    if (reached.has(next)) continue
    reached.add(next)
    if (isWall(next)) continue
    for (const target of calls.get(next) ?? []) open.push(target)
  }
  return reached
}
