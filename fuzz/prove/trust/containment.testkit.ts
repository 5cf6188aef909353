import type fc from 'fast-check'
import type { ConsensusInput } from '../../consensus/abi/index.ts'
import { blockLayout } from '../../consensus/abi/index.ts'
import { consensusInputs } from '../../consensus/inputs/index.ts'
import { ConsensusMachine, type RunResult } from '../../consensus/machine/index.ts'
import { checkModule, meterModule } from '../../consensus/module/index.ts'
import { decodeProgram } from '../decode/index.ts'
import { denseShape, type ShapeWalk, walkShape } from '../shapes/index.ts'
import { isTerm, type Value } from '../terms/index.ts'
import type { WalkOptions } from '../walk/index.ts'

export const SHAPE = denseShape(2, 2)
const FUEL_LIMIT = 10_000_000

/** Inputs of exactly the shape: two neurons with rows of two cells. */
export const shapedInputs: fc.Arbitrary<ConsensusInput> = consensusInputs({
  minN: 2,
  maxN: 2,
  maxRow: 4,
}).map((input) => ({
  ...input,
  neurons: input.neurons.map((neuron) => ({
    ...neuron,
    row: [0, 1].map((k) => neuron.row[k] ?? { uid: 65_535 * k, weight: 257, bond: 1 }),
  })),
}))

export interface ContainmentCase {
  readonly wasm: Uint8Array
  readonly inputs: readonly ConsensusInput[]
}

/** What holds for every run: it lies within what the walk of its shape says. Gives the first run that does not, or null. */
export function violationOf(
  { wasm, inputs }: ContainmentCase,
  options: Partial<WalkOptions> = {},
): string | null {
  const checked = checkModule(wasm)
  if (checked.kind === 'refused') return checked.problems.map(({ message }) => message).join(' ')
  const machine = new ConsensusMachine(meterModule(checked.module, { maxPages: 1024 }))
  const walk = walkShape(decodeProgram(wasm), SHAPE, options)
  if (walk.stop !== null) return `the walk stops: ${walk.stop.message}`
  const shape = { maxN: SHAPE.maxN, cap: SHAPE.cap }
  for (const [i, input] of inputs.entries()) {
    const result = machine.run(input, { shape, seed: i, fuelLimit: FUEL_LIMIT })
    const violation = violationOfRun(walk, result)
    if (violation !== null) return violation
  }
  return null
}

function violationOfRun(walk: ShapeWalk, result: RunResult): string | null {
  const hasAlarms = walk.alarms.length > 0
  if (result.kind !== 'returned') return hasAlarms ? null : `V8: ${result.kind}, and no alarm`
  if (result.strayWrite !== null) return hasAlarms ? null : 'a write outside the regions, and no alarm'
  if (walk.end === null) return 'V8 returns, and no path of the walk gets to the end'
  if (result.fuel > walk.end.cost) return `V8 counts ${result.fuel}, the bound is ${walk.end.cost}`
  if (result.pages > walk.peakPages) return `V8 has ${result.pages} pages, the bound is ${walk.peakPages}`
  const { outputLayout } = blockLayout({ maxN: SHAPE.maxN, cap: SHAPE.cap })
  const { consensus, incentive, dividends } = result.output
  for (const [offset, values] of [
    [outputLayout.consensus, consensus],
    [outputLayout.incentive, incentive],
    [outputLayout.dividends, dividends],
  ] as const) {
    for (const [i, value] of values.entries()) {
      const cell = walk.end.memory.read((walk.operands[1] ?? 0) + offset + 2 * i, 2)
      if (!contains(cell, value)) return `V8 gives ${value}, the walk ${describe(cell)}`
    }
  }
  return null
}

function contains(cell: Value, value: number): boolean {
  if (!isTerm(cell)) return cell === value
  const { low, high, stride } = cell
  return value >= low && value <= high && (stride <= 1 || low === high || (value - low) % stride === 0)
}

function describe(cell: Value): string {
  return isTerm(cell) ? `${cell.low} to ${cell.high} by ${cell.stride}` : String(cell)
}
