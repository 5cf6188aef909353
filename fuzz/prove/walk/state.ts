import type { Memory } from '../memory/index.ts'
import type { Region } from '../regions/index.ts'
import type { Facts, PathCondition, Value } from '../terms/index.ts'

/** Everything of a run at one point of its code; it stands for all runs that got here on the paths joined in it. */
export interface State {
  /** Locals of the present function, then its operand stack, each value in its place. */
  registers: Value[]
  memory: Memory
  globals: Value[]
  pages: number
  /** What may be touched; grows with memory.grow. */
  regions: readonly Region[]
  /** Instructions so far, at most; memory.fill and memory.copy count one more for every 8 bytes. */
  cost: number
  facts: Facts
  path: PathCondition
  /** Whether no run comes past the present instruction. */
  isDead: boolean
}

export function forkState(state: State): State {
  return {
    registers: state.registers.slice(),
    memory: state.memory.fork(),
    globals: state.globals.slice(),
    pages: state.pages,
    regions: state.regions,
    cost: state.cost,
    facts: state.facts,
    path: state.path,
    isDead: false,
  }
}
