import type { State } from './state.ts'
import type { Walker, Window } from './walker.ts'

/** Where a branch goes: the end of a block, or the start of a loop. States that arrive are joined into one. */
export class Label {
  readonly window: Window
  /** How many values a branch carries. */
  readonly carried: number
  readonly #walker: Walker
  #arrived: State | null = null

  constructor(walker: Walker, window: Window, carried: number) {
    this.#walker = walker
    this.window = window
    this.carried = carried
  }

  arrive(state: State): void {
    this.#arrived = this.#walker.join(this.#arrived, state, this.window)
  }

  /** The joined state of all that arrived, and forgets it. */
  take(): State | null {
    const arrived = this.#arrived
    this.#arrived = null
    return arrived
  }

  /** Puts back what had arrived before a nested entry into the same block: a function may call itself. */
  restore(saved: State | null): void {
    this.#arrived = saved
  }
}
