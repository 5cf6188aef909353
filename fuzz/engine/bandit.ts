import type { Rng } from '../strategies/rng.ts'

interface Arm {
  uses: number
  finds: number
}

const HALVE_AT = 20_000
/** Taken as found before anything was tried, so that no arm starves. */
const PRIOR_FINDS = 2
const PRIOR_USES = 100

/** Chooses among arms by what each found lately: in proportion to finds over uses, both fading. */
export class Bandit {
  readonly #arms: Arm[]
  #uses = 0

  constructor(arms: number) {
    this.#arms = Array.from({ length: arms }, () => ({ uses: 0, finds: 0 }))
  }

  choose(rng: Rng): number {
    const weights = this.#arms.map(({ uses, finds }) => (finds + PRIOR_FINDS) / (uses + PRIOR_USES))
    const floor = weights.reduce((sum, weight) => sum + weight, 0) / (4 * weights.length)
    const raised = weights.map((weight) => Math.max(weight, floor))
    let left = (raised.reduce((sum, weight) => sum + weight, 0) * rng.int(2 ** 32)) / 2 ** 32
    for (const [arm, weight] of raised.entries()) {
      left -= weight
      if (left < 0) return arm
    }
    return this.#arms.length - 1
  }

  /** After a use of the arm: whether something new came of it. */
  reward(arm: number, found: boolean): void {
    const one = this.#arms[arm]
    if (one === undefined) return
    one.uses++
    if (found) one.finds++
    if (++this.#uses < HALVE_AT) return
    this.#uses = 0
    for (const each of this.#arms) {
      each.uses /= 2
      each.finds /= 2
    }
  }
}
