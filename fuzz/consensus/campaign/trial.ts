import type { ConsensusInput, Shape } from '../abi/index.ts'
import { type ConsensusMachine, EdgeSet, type RunResult } from '../machine/index.ts'
import type { Trial } from '../properties/index.ts'

export interface TrialOptions {
  readonly machine: ConsensusMachine
  readonly edgeCount: number
  readonly shape: Shape
  /** Instructions that a run may take. */
  readonly fuelLimit: number
}

/** The arbitrary bytes of first runs. */
const FIRST_SEED = 0x2a

/** Runs a function, and keeps count: of executions, edges, and the most instructions and pages of a run that returned. */
export class CountingTrial implements Trial {
  readonly shape: Shape
  readonly #options: TrialOptions
  readonly #edges: EdgeSet
  #executions = 0
  #mostFuel = 0
  #mostPages = 0
  #foundEdges = false

  constructor(options: TrialOptions) {
    this.#options = options
    this.shape = options.shape
    this.#edges = new EdgeSet(options.edgeCount)
  }

  /** Instructions that a run may take. */
  get fuelLimit(): number {
    return this.#options.fuelLimit
  }

  get executions(): number {
    return this.#executions
  }

  get edgesSeen(): number {
    return this.#edges.size
  }

  get mostFuel(): number {
    return this.#mostFuel
  }

  get mostPages(): number {
    return this.#mostPages
  }

  /** True when a run since the last question took an edge that none had. */
  takeFoundEdges(): boolean {
    const found = this.#foundEdges
    this.#foundEdges = false
    return found
  }

  run(input: ConsensusInput, variant: Parameters<Trial['run']>[1] = {}): RunResult {
    const { machine, fuelLimit } = this.#options
    const { shape = this.shape, seed = FIRST_SEED } = variant
    const result = machine.run(input, { shape, seed, fuelLimit })
    this.#executions++
    this.#foundEdges = this.#edges.add(machine.edges) || this.#foundEdges
    if (result.kind === 'returned') {
      this.#mostFuel = Math.max(this.#mostFuel, result.fuel)
      this.#mostPages = Math.max(this.#mostPages, result.pages)
    }
    return result
  }
}
