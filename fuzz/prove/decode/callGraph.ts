import type { Program } from './program.ts'

/** Functions that call one another in a circle; the first is called again by the last. */
export interface CallCycle {
  readonly functions: readonly number[]
}

/** A circle of calls that `start` can reach, or null: then the depth of calls is bounded by the number of functions. */
export function findRecursion(program: Program, start: number): CallCycle | null {
  const done = new Set<number>()
  const path: number[] = []
  const visit = (index: number): CallCycle | null => {
    const place = path.indexOf(index)
    if (place !== -1) return { functions: path.slice(place) }
    if (done.has(index)) return null
    path.push(index)
    for (const callee of calleesOf(program, index)) {
      const cycle = visit(callee)
      if (cycle !== null) return cycle
    }
    path.pop()
    done.add(index)
    return null
  }
  return visit(start)
}

function calleesOf(program: Program, index: number): ReadonlySet<number> {
  const callees = new Set<number>()
  for (const instruction of program.functions[index]?.code ?? []) {
    if (instruction.kind === 'call') callees.add(instruction.callee)
    if (instruction.kind === 'callIndirect') for (const callee of program.table.values()) callees.add(callee)
  }
  return callees
}
