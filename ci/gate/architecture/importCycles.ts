import type { ImportGraph } from './importGraph.ts'

interface Visit {
  readonly index: number
  lowest: number
  isOpen: boolean
}

/** Groups of modules that import one another in a circle, type imports included (Tarjan's components of two and more). */
export function findImportCycles(graph: ImportGraph): readonly (readonly string[])[] {
  const visits = new Map<string, Visit>()
  const stack: string[] = []
  const cycles: string[][] = []

  function visit(path: string): Visit {
    const own: Visit = { index: visits.size, lowest: visits.size, isOpen: true }
    visits.set(path, own)
    stack.push(path)
    for (const target of importTargets(graph, path)) {
      const seen = visits.get(target)
      if (seen === undefined) own.lowest = Math.min(own.lowest, visit(target).lowest)
      else if (seen.isOpen) own.lowest = Math.min(own.lowest, seen.index)
    }
    if (own.lowest === own.index) closeComponent(path)
    return own
  }

  function closeComponent(path: string): void {
    const members = stack.splice(stack.indexOf(path))
    for (const member of members) {
      const state = visits.get(member)
      if (state !== undefined) state.isOpen = false
    }
    const isCycle = members.length > 1 || importTargets(graph, path).includes(path)
    if (isCycle) cycles.push(members.sort())
  }

  for (const path of graph.keys()) if (!visits.has(path)) visit(path)
  return cycles
}

/** Modules of the graph that `path` imports. */
export function importTargets(graph: ImportGraph, path: string): readonly string[] {
  const imports = graph.get(path)?.imports ?? []
  return imports.flatMap(({ target }) => (target !== null && graph.has(target) ? [target] : []))
}
