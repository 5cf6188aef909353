/** Edges that were ever taken, 64 to a word. */
export class EdgeSet {
  readonly #words: BigUint64Array

  constructor(edgeCount: number) {
    this.#words = new BigUint64Array((edgeCount + 63) >> 6)
  }

  /** Adds a run's edges; true when one of them is new. */
  add(words: BigUint64Array): boolean {
    let isNew = false
    for (let i = 0; i < this.#words.length; i++) {
      const before = this.#words[i] ?? 0n
      const after = before | (words[i] ?? 0n)
      if (after === before) continue
      this.#words[i] = after
      isNew = true
    }
    return isNew
  }

  get size(): number {
    let count = 0
    for (const word of this.#words) {
      for (let rest = word; rest !== 0n; rest &= rest - 1n) count++
    }
    return count
  }
}
