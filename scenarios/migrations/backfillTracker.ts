import { effectiveChanges } from '../../harness/chain/compareChanges.ts'
import type { StorageKey } from '../../harness/state/stateView.ts'
import type { SequenceBlock } from '../rehearsal/blockSequence.ts'

/** Keys of one item that a block's own hooks changed and that no block since the upgrade had touched. */
export type ReachedKeys = ReadonlyMap<string, readonly StorageKey[]>

/**
 * Follows blocks one after the other and tells where their hooks get to keys that are new to them. A backfill without a cursor
 * shows as such: in block after block it reaches other rows of the same item, where ordinary work comes back to the same keys.
 */
export class BackfillTracker {
  readonly #seen = new Set<StorageKey>()
  readonly #moves = new Map<number, ReachedKeys>()

  /** Takes a block whose changes are where the front starts, and no moves of it. */
  start({ result }: SequenceBlock): void {
    for (const { outcome } of result.phases) {
      if (outcome.kind === 'ok') for (const key of outcome.changes.keys()) this.#seen.add(key)
    }
  }

  /** `hooks`: which of the block's hooks to look at; what the others touch counts as touched. */
  add(block: SequenceBlock, hooks: readonly Hook[]): void {
    const moves = new Map<string, StorageKey[]>()
    for (const { name, outcome, state, kept } of block.result.phases) {
      if (outcome.kind !== 'ok' || !kept) continue
      const isLooked = hooks.some((hook) => hook === name.kind)
      for (const key of isLooked ? effectiveChanges(state, outcome.changes).keys() : []) {
        if (this.#seen.has(key)) continue
        const item = block.runtime.codec.itemOfKey(key)
        const keys = moves.get(item)
        if (keys === undefined) moves.set(item, [key])
        else keys.push(key)
      }
      for (const key of outcome.changes.keys()) this.#seen.add(key)
    }
    this.#moves.set(block.number, moves)
  }

  /** Keys that the block of this height reached, by item. */
  movesOf(number: number): ReachedKeys {
    return this.#moves.get(number) ?? NO_MOVES
  }
}

/** Where on_initialize and on_poll run; where on_idle and on_finalize run. */
export type Hook = 'initialize' | 'finalize'

const NO_MOVES: ReachedKeys = new Map()
