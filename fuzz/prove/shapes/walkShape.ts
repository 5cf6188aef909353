import { type BlockLayout, blockLayout } from '../../consensus/abi/index.ts'
import type { Program } from '../decode/index.ts'
import type { Alarm, Site } from '../regions/index.ts'
import { Machine, type State, Walker, type WalkOptions, WalkStop } from '../walk/index.ts'
import { instantiate } from './instantiate.ts'
import { type InputUnknown, type LaidOut, layOutInput } from './layOutInput.ts'
import type { ProofShape } from './shape.ts'

/** What one walk says of one shape, for all values. */
export interface ShapeWalk {
  readonly shape: ProofShape
  /** The state at the end of `run`; null when no path gets there, or the walk was stopped. */
  readonly end: State | null
  readonly stop: WalkStop | null
  /** Why the module never gets to `run`; null when it does. */
  readonly failure: string | null
  readonly alarms: readonly Alarm[]
  readonly sites: readonly Site[]
  readonly steps: number
  readonly peakPages: number
  readonly refusedPages: number
  readonly unknowns: readonly InputUnknown[]
  /** Addresses of input, output and scratch; none when `run` was not reached. */
  readonly operands: readonly number[]
}

/** How the block is put into memory before `run`. */
export type LayOut = (
  walker: Walker,
  state: State,
  block: {
    readonly base: number
    readonly ownsHeap: boolean
    readonly layout: BlockLayout
    readonly shape: ProofShape
  },
) => LaidOut

const unknownInput: LayOut = (walker, state, block) => layOutInput(walker.builder, state, block)

export const DEFAULT_WALK: WalkOptions = {
  isExact: false,
  maxSteps: 400_000_000,
  maxDepth: 100,
  maxPages: 1024,
  maxCells: 300,
  maxUnrolled: 64,
  signal: null,
  deadlineMs: Number.POSITIVE_INFINITY,
}

/** Walks `run` on a shape. What goes wrong in the module is in the result; errors are ours. */
export function walkShape(
  program: Program,
  shape: ProofShape,
  options: Partial<WalkOptions> & { readonly layOut?: LayOut } = {},
): ShapeWalk {
  const { layOut = unknownInput, ...rest } = options
  const walker = new Walker(program, { ...DEFAULT_WALK, ...rest })
  const machine = new Machine(walker)
  const layout = blockLayout({ maxN: shape.maxN, cap: shape.cap })
  const result = (part: Partial<ShapeWalk>): ShapeWalk => ({
    shape,
    end: null,
    stop: null,
    failure: null,
    alarms: [...walker.alarms.values()],
    sites: machine.sites,
    steps: walker.steps,
    peakPages: walker.peakPages,
    refusedPages: walker.refusedPages,
    unknowns: [],
    operands: [],
    ...part,
  })
  let reached: Pick<ShapeWalk, 'unknowns' | 'operands'> = { unknowns: [], operands: [] }
  try {
    const instance = instantiate(walker, machine, layout.sizeBytes)
    if (instance.kind === 'failed') return result({ failure: instance.message })
    walker.alarms.clear()
    for (const site of machine.sites) site.isReached = false
    const { base, ownsHeap } = instance
    const laidOut = layOut(walker, instance.state, { base, ownsHeap, layout, shape })
    reached = { unknowns: laidOut.unknowns, operands: laidOut.operands }
    walker.peakPages = laidOut.state.pages
    const run = program.exports.get('run')
    if (run === undefined) return result({ failure: 'it does not export run' })
    const end = machine.run(run, laidOut.operands, laidOut.state)
    return result({ end, ...reached })
  } catch (error) {
    if (error instanceof WalkStop) return result({ stop: error, ...reached })
    throw error
  }
}
