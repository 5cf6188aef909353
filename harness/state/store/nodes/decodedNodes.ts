import type { StorageKey } from '../../stateView.ts'
import type { ProofNode } from '../../trie/proofNode.ts'

/**
 * Bounded memory of nodes that were read and decoded. Two generations: when the young one is full it becomes the old one, and
 * what was in the old one and not asked for since is forgotten.
 */
export class DecodedNodes {
  readonly #limit: number
  #young = new Map<StorageKey, ProofNode>()
  #old = new Map<StorageKey, ProofNode>()

  /** Keeps between `limit` and `2 * limit` nodes. */
  constructor(limit: number) {
    this.#limit = limit
  }

  get(hash: StorageKey): ProofNode | undefined {
    const young = this.#young.get(hash)
    if (young !== undefined) return young
    const old = this.#old.get(hash)
    if (old !== undefined) this.set(hash, old)
    return old
  }

  set(hash: StorageKey, node: ProofNode): void {
    if (this.#young.size >= this.#limit) {
      this.#old = this.#young
      this.#young = new Map()
    }
    this.#young.set(hash, node)
  }

  clear(): void {
    this.#young = new Map()
    this.#old = new Map()
  }
}
