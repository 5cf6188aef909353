import type { ChainValue } from '../../harness/codec/index.ts'
import { Overlay } from '../../harness/state/overlay.ts'
import type { Step } from '../strategies/step.ts'
import { addInteger, rememberNamed, type ValuePools } from '../strategies/valuePools.ts'
import type { FastChain, OpenBlock } from './fastChain.ts'

const MAX_LEARNT = 4
/** Smaller ones are compared everywhere. */
const LEAST_TELLING = 16n

/**
 * What the runtime compared an argument with, given back as a value for that argument: makes calls again on a build that keeps the
 * operands of comparisons, and looks for arguments among them.
 */
export class ComparisonFeedback {
  readonly #chain: FastChain
  readonly #pools: ValuePools

  /** `chain` records comparisons; the pools get what it learns. */
  constructor(chain: FastChain, pools: ValuePools) {
    this.#chain = chain
    this.#pools = pools
  }

  /** From the calls of the first block of `steps`. */
  learn(block: OpenBlock, steps: readonly Step[]): void {
    const overlay = new Overlay(block.state)
    for (const step of steps) {
      if (step.kind !== 'call') return
      const args = integersOf(step.args)
      this.#chain.machine.takeComparisons()
      const applied = this.#chain.apply(step, overlay)
      if (applied.kind === 'stop') return
      if (args.length > 0) this.#match(args)
    }
  }

  #match(args: readonly (readonly [name: string, value: bigint])[]): void {
    const byValue = new Map(args.map(([name, value]) => [value, name]))
    let left = MAX_LEARNT
    for (const [a, b] of this.#chain.machine.takeComparisons()) {
      for (const [mine, other] of [
        [a, b],
        [b, a],
      ] as const) {
        const name = byValue.get(mine)
        if (name === undefined || left-- <= 0) continue
        addInteger(this.#pools, other)
        if (other < 2n ** 16n) rememberNamed(this.#pools, name, Number(other))
      }
    }
  }
}

/** The integers among arguments by name, nested ones too. */
function integersOf(value: ChainValue, name = ''): readonly (readonly [string, bigint])[] {
  if (typeof value === 'number' || (typeof value === 'string' && /^\d+$/.test(value))) {
    const integer = Number.isInteger(Number(value)) ? BigInt(value) : 0n
    return integer >= LEAST_TELLING ? [[name, integer]] : []
  }
  if (Array.isArray(value)) return value.slice(0, 8).flatMap((item) => integersOf(item, name))
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value).flatMap(([field, inner]) => integersOf(inner, field))
}
