import type { FastMachine } from '../../harness/runtime/v8/fast/fastMachine.ts'

/** The edges that a campaign has taken. */
export class EdgeCoverage {
  readonly #machine: FastMachine
  readonly #seen: Uint8Array
  #count = 0

  constructor(machine: FastMachine) {
    this.#machine = machine
    this.#seen = new Uint8Array(Math.ceil(machine.edges / 16) * 16)
  }

  get count(): number {
    return this.#count
  }

  /** How many edges are new since the last time; they are known from now on. */
  take(): number {
    const found = this.#machine.takeEdges(this.#seen)
    for (const edge of found) this.#seen[edge] = 1
    this.#count += found.length
    this.#machine.clearEdges()
    return found.length
  }
}
