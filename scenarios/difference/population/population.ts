import type { Difference } from '../difference.ts'
import { StateRun } from '../state/stateRun.ts'
import type { Twin } from '../twin/twin.ts'
import { type CountedUnit, type CountedUnits, findCountedUnits, valueAt } from './countedUnits.ts'
import { growUnit, toChanges } from './growUnit.ts'

export interface PopulationOptions {
  /** Where migrations are done; moved on. */
  readonly twin: Twin
  readonly blocks: number
  readonly signal: AbortSignal
}

/** What was filled. */
export interface GrownUnit {
  /** `SubtensorModule.SubnetworkN(3)` */
  readonly name: string
  readonly from: number
  readonly to: number
}

export interface Population {
  readonly grown: readonly GrownUnit[]
  readonly blocks: number
  readonly differences: readonly Difference[]
}

/** Where a number of members needs another byte. */
const BYTE_EDGE = 256

/**
 * Collections at the edges that they may grow to: one unit as large as its limit, one past it, one at and one past the edge of a
 * byte; then blocks under both runtimes. Null when the state shows no collection, or nothing that could grow.
 */
export async function comparePopulation({
  twin,
  blocks,
  signal,
}: PopulationOptions): Promise<Population | null> {
  const { codec } = twin.control.runtime
  const { state } = twin.control.head
  const [collection] = findCountedUnits(codec, state)
  if (collection === undefined) return null
  const targets = targetsOf(twin, collection)
  if (targets.length === 0) return null
  const entries = targets.flatMap(({ unit, size }) => growUnit(codec, state, { collection, unit, size }))
  twin.edit({
    control: toChanges(codec, entries),
    candidate: toChanges(twin.candidate.runtime.codec, entries),
  })
  const run = new StateRun(twin)
  await run.advanceTo(blocks, { signal })
  const { counter } = collection
  return {
    grown: targets.map(({ unit, size }) => ({
      name: `${counter.pallet}.${counter.item}(${JSON.stringify(unit.key)})`,
      from: unit.count,
      to: size,
    })),
    blocks: run.blocks,
    differences: run.differences(),
  }
}

interface Target {
  readonly unit: CountedUnit
  readonly size: number
}

/** Largest units first, each with an edge that lies above it. */
function targetsOf({ control }: Twin, collection: CountedUnits): readonly Target[] {
  const { codec } = control.runtime
  const limitOf = ({ key, count }: CountedUnit) => {
    const limits = collection.limits.map((item) => valueAt(codec, control.head.state, item, [key]))
    const numbers = limits.flatMap((limit) => (typeof limit === 'number' && limit >= count ? [limit] : []))
    return numbers.length === 0 ? BYTE_EDGE : Math.min(...numbers)
  }
  const left = [...collection.units].filter(({ count }) => count > 1).sort((a, b) => b.count - a.count)
  const edges: readonly ((unit: CountedUnit) => number)[] = [
    (unit) => limitOf(unit) + 1,
    limitOf,
    () => BYTE_EDGE + 1,
    () => BYTE_EDGE,
  ]
  return edges.flatMap((edge) => {
    const at = left.findIndex((unit) => edge(unit) > unit.count)
    const [unit] = at < 0 ? [] : left.splice(at, 1)
    return unit === undefined ? [] : [{ unit, size: edge(unit) }]
  })
}
