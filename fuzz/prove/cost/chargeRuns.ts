import type { Instruction } from '../decode/index.ts'

/** As the meter counts, which counts as wasmtime does: these generate no code, or only choose where to go on. */
const FREE: ReadonlySet<Instruction['kind']> = new Set([
  'unreachable',
  'nop',
  'block',
  'loop',
  'else',
  'end',
  'return',
  'drop',
])
/** After these a run of instructions ends, and another may begin. */
const SPLITS: ReadonlySet<Instruction['kind']> = new Set(['loop', 'if', 'else', 'end', 'brIf'])
/** What follows these is reached only past the next `else` or `end`. */
const LEAVES: ReadonlySet<Instruction['kind']> = new Set(['unreachable', 'br', 'brTable', 'return'])

/**
 * For each instruction that begins a run, how many instructions are charged there, by index: the rule of the harness's meter
 * (`countInstructions`), so that a bound and a measurement have the same unit.
 */
export function chargeRuns(code: readonly Instruction[]): ReadonlyMap<number, number> {
  const charges = new Map<number, number>()
  let start = 0
  let count = 0
  let isReached = true
  const finish = (next: number) => {
    if (count > 0) charges.set(start, count)
    start = next
    count = 0
  }
  code.forEach(({ kind }, i) => {
    if (isReached && !FREE.has(kind)) count++
    if (LEAVES.has(kind)) {
      finish(i + 1)
      isReached = false
    } else if (SPLITS.has(kind)) {
      finish(i + 1)
      if (kind === 'else' || kind === 'end') isReached = true
    }
  })
  finish(code.length)
  return charges
}
