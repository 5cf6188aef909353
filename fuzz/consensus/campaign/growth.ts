import type { ConsensusInput, Shape } from '../abi/index.ts'
import { regularInput } from '../inputs/index.ts'
import type { ConsensusMachine, RunResult } from '../machine/index.ts'
import type { ConsensusProperty, Trial, Violation } from '../properties/index.ts'
import { type CostLaw, costAt, fitCostLaw } from './costLaw.ts'

export interface GrowthOptions {
  readonly machine: ConsensusMachine
  /** The same module with room for more pages, to tell a lack of memory from another fault. */
  readonly roomyMachine: ConsensusMachine
  /** The largest subnet that the function has to serve. */
  readonly largest: Shape
  /** Most instructions of one run there. */
  readonly fuelBudget: number
  /** Seen in one run, of each input that is measured. */
  readonly direct: readonly ConsensusProperty[]
}

/** The costliest run seen at one size. */
export interface SizeCost {
  readonly n: number
  readonly fuel: number
  readonly pages: number
  /** Which of the inputs of this size it was. */
  readonly family: string
}

export interface Growth {
  readonly sizes: readonly SizeCost[]
  readonly law: CostLaw | null
  /** At the largest size: measured when the run was made, else what the law says. */
  readonly atLargest: { readonly fuel: number; readonly kind: 'MEASURED' | 'FITTED' } | null
  /** The smallest size found at which a run breaks a limit, with the input. */
  readonly broken: GrowthFault | null
}

export interface GrowthFault extends Violation {
  /** Id of the property that is broken, or `memoryLimit`. */
  readonly property: string
  readonly title: string
  readonly n: number
  readonly shape: Shape
  readonly family: string
  readonly input: ConsensusInput
}

/** Equally spaced, for exact differences; enough of them to check a cubic law. */
const SIZES = [32, 64, 96, 128, 160, 192]
const SEED = 0x2a
const U16 = 65_535

/** Inputs of any size that are costly for different reasons. */
const FAMILIES: readonly {
  readonly name: string
  readonly input: (n: number, rowLength: number) => ConsensusInput
}[] = [
  { name: 'regular rows', input: (n, rowLength) => regularInput(n, { rowLength }) },
  {
    name: 'all on the same neurons',
    input: (n, rowLength) => rows(n, rowLength, (i, k) => ({ uid: k, weight: 1 + ((i * 331) % U16) })),
  },
  {
    name: 'largest stakes and weights',
    input: (n, rowLength) => {
      const input = rows(n, rowLength, (i, k) => ({ uid: (i + k) % n, weight: U16 }))
      return { ...input, neurons: input.neurons.map((neuron) => ({ ...neuron, stake: 2n ** 64n - 1n })) }
    },
  },
  { name: 'no rows', input: (n) => regularInput(n, { rowLength: 0 }) },
]

function rows(
  n: number,
  rowLength: number,
  cell: (i: number, k: number) => { readonly uid: number; readonly weight: number },
): ConsensusInput {
  const input = regularInput(n, { rowLength })
  return {
    ...input,
    neurons: input.neurons.map((neuron, i) => ({
      ...neuron,
      row: Array.from({ length: rowLength }, (_, k) => ({ ...cell(i, k), bond: U16 })),
    })),
  }
}

/** Measures how cost grows with the number of neurons, and whether the largest subnet still fits time and memory. */
export function measureGrowth(options: GrowthOptions): Growth {
  const { largest, fuelBudget } = options
  const sizes: SizeCost[] = []
  for (const n of SIZES.filter((size) => size <= largest.maxN)) {
    const cost = costliest(options, n)
    if (cost.kind === 'broken') {
      const broken = smallestBroken(options, cost.fault, sizes.at(-1)?.n ?? 0)
      return { sizes, law: fitCostLaw(sizes), atLargest: null, broken }
    }
    sizes.push(cost.cost)
  }
  const law = fitCostLaw(sizes)
  const expected = law === null ? 0 : costAt(law, largest.maxN)
  if (expected > fuelBudget * SURELY) {
    return { sizes, law, atLargest: { fuel: expected, kind: 'FITTED' }, broken: pastBudget(options, law) }
  }
  const cost = costliest(options, largest.maxN)
  if (cost.kind === 'measured') {
    return { sizes, law, atLargest: { fuel: cost.cost.fuel, kind: 'MEASURED' }, broken: null }
  }
  return { sizes, law, atLargest: null, broken: smallestBroken(options, cost.fault, sizes.at(-1)?.n ?? 0) }
}

/** How far above the budget the law has to be for the run at the largest size to be left out. */
const SURELY = 1.5

type Costliest =
  | { readonly kind: 'measured'; readonly cost: SizeCost }
  | { readonly kind: 'broken'; readonly fault: GrowthFault }

function costliest(options: GrowthOptions, n: number): Costliest {
  let most: SizeCost | null = null
  for (const { name } of FAMILIES) {
    const run = runFamily(options, name, n)
    if (run.fault !== null) return { kind: 'broken', fault: run.fault }
    if (most === null || run.result.fuel > most.fuel) {
      most = { n, fuel: run.result.fuel, pages: run.result.pages, family: name }
    }
  }
  return { kind: 'measured', cost: most ?? { n, fuel: 0, pages: 0, family: '' } }
}

function runFamily(
  options: GrowthOptions,
  family: string,
  n: number,
): { readonly result: RunResult; readonly fault: GrowthFault | null } {
  const { largest, machine, roomyMachine, fuelBudget, direct } = options
  const shape = { maxN: n, cap: Math.min(largest.cap, n) }
  const input = (FAMILIES.find(({ name }) => name === family) ?? FAMILIES[0])?.input(n, shape.cap)
  if (input === undefined) throw new RangeError(`no family of inputs is called ${family}`)
  const runOn = (on: ConsensusMachine) => on.run(input, { shape, seed: SEED, fuelLimit: fuelBudget })
  const result = runOn(machine)
  const at = `With ${n} neurons and rows of ${shape.cap} (${family}):`
  const broken = (property: string, title: string, violation: Violation) => ({
    result,
    fault: { property, title, n, shape, family, input, ...violation, message: `${at} ${violation.message}` },
  })
  const trial: Trial = { shape, run: () => result }
  for (const property of direct) {
    const violation = property.check(trial, { input, result, variation: 0 })
    if (violation === null) continue
    const roomy = MAY_LACK_MEMORY.has(property.id) ? runOn(roomyMachine) : result
    if (roomy.kind !== 'returned') return broken(property.id, property.title, violation)
    return roomy === result
      ? broken(property.id, property.title, violation)
      : broken(MEMORY_LIMIT, MEMORY_TITLE, {
          message: `The run needs ${roomy.pages} pages, more than the limit allows.`,
          site: 'pages',
        })
  }
  return { result, fault: null }
}

/** The property that a run breaks which fails with its pages, and returns with more of them. */
export const MEMORY_LIMIT = 'memoryLimit'
const MEMORY_TITLE = 'The function needs too much memory'
const MAY_LACK_MEMORY: ReadonlySet<string> = new Set(['trap', 'room'])

/** The smallest size at which the law passes the budget, shown by a run there, or a little above. */
function pastBudget(options: GrowthOptions, law: CostLaw | null): GrowthFault | null {
  const { largest, fuelBudget } = options
  if (law === null) return null
  const n = firstWhere(1, largest.maxN, (size) => costAt(law, size) > fuelBudget)
  for (const size of [n, Math.ceil(n * 1.02), Math.ceil(n * 1.1), largest.maxN]) {
    for (const { name } of FAMILIES) {
      const { fault } = runFamily(options, name, Math.min(size, largest.maxN))
      if (fault !== null) return fault
    }
  }
  return null
}

/** Between a size that was fine and one that was not. */
function smallestBroken(options: GrowthOptions, broken: GrowthFault, fine: number): GrowthFault {
  let smallest = broken
  firstWhere(fine + 1, broken.n, (size) => {
    if (size === broken.n) return true
    const { fault } = runFamily(options, broken.family, size)
    if (fault !== null && fault.n < smallest.n) smallest = fault
    return fault !== null
  })
  return smallest
}

/** The first number in `low..high` for which a test holds that, once it does, holds from there on; `high` when none does. */
function firstWhere(low: number, high: number, holds: (value: number) => boolean): number {
  let [from, to] = [low, high]
  while (from < to) {
    const middle = Math.floor((from + to) / 2)
    if (holds(middle)) to = middle
    else from = middle + 1
  }
  return to
}
