import { Overlay } from '../../harness/state/overlay.ts'
import type { Oracle, Suspicion } from '../oracles/oracle.ts'
import type { CallStep, Step } from '../strategies/step.ts'
import type { FastChain, OpenBlock, Stop } from './fastChain.ts'

/** A case under way: a block open for extrinsics and what was seen since it began. */
export class CaseRun {
  readonly #chain: FastChain
  readonly #oracles: readonly Oracle[]
  /** What was wrong so far. */
  readonly suspicions: Suspicion[] = []
  /** Calls that succeeded. */
  readonly successes: CallStep[] = []
  #block: OpenBlock
  #overlay: Overlay
  #fuel: number

  constructor(chain: FastChain, block: OpenBlock, oracles: readonly Oracle[]) {
    this.#chain = chain
    this.#oracles = oracles
    this.#block = block
    this.#overlay = new Overlay(block.state)
    this.#fuel = block.initializeFuel
  }

  get block(): OpenBlock {
    return this.#block
  }

  get overlay(): Overlay {
    return this.#overlay
  }

  /** False when the case cannot go on. */
  async step(step: Step): Promise<boolean> {
    return step.kind === 'call' ? this.call(step) : this.advance(step.count)
  }

  call(step: CallStep): boolean {
    const chain = this.#chain
    if (this.#block.inherentsOnly) return true
    const seen = { chain, block: this.#block, overlay: this.#overlay, step }
    const before = this.#oracles.map((oracle) => oracle.beforeCall?.(seen))
    const applied = chain.apply(step, this.#overlay)
    if (applied.kind === 'stop') return this.#stop(applied)
    if (applied.kind !== 'skipped') this.#fuel += applied.run.fuel
    if (applied.kind === 'success') this.successes.push(step)
    for (const [i, oracle] of this.#oracles.entries()) {
      this.#note(oracle.afterCall?.({ ...seen, applied }, before[i]))
    }
    return true
  }

  /** Ends the block and opens the one `count` heights further on. */
  async advance(count: number): Promise<boolean> {
    const chain = this.#chain
    const closed = chain.close(this.#block, this.#overlay)
    if (closed.kind === 'stop') return this.#stop(closed)
    const fuel = this.#fuel + closed.run.fuel
    for (const oracle of this.#oracles) {
      this.#note(await oracle.afterClose?.({ chain, block: this.#block, closed, fuel }))
    }
    const opened = await chain.openBlock(closed.head, count)
    if (opened.kind === 'stop') return this.#stop(opened)
    this.#block = opened.block
    this.#overlay = new Overlay(opened.block.state)
    this.#fuel = opened.block.initializeFuel
    for (const oracle of this.#oracles) this.#note(await oracle.afterOpen?.(opened.block, chain))
    return true
  }

  #stop(stop: Stop): false {
    for (const oracle of this.#oracles) this.#note(oracle.afterStop?.(stop))
    return false
  }

  #note(suspicion: Suspicion | null | undefined): void {
    if (suspicion) this.suspicions.push(suspicion)
  }
}

/** Runs a whole sequence from an open block. */
export async function replaySteps(
  chain: FastChain,
  block: OpenBlock,
  { steps, oracles }: { readonly steps: readonly Step[]; readonly oracles: readonly Oracle[] },
): Promise<CaseRun> {
  const run = new CaseRun(chain, block, oracles)
  for (const step of steps) if (!(await run.step(step))) return run
  await run.advance(1)
  return run
}
