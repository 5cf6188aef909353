import {
  type ChainCodec,
  type InspectedItem,
  NO_VALUE,
  type StorageInspector,
} from '../../harness/codec/index.ts'
import type { ChainState } from '../../harness/state/chainState.ts'
import type { StorageKey } from '../../harness/state/stateView.ts'

/**
 * What a stored entry may have against it. `undecodable`: its value does not decode as the item's type. `trailingBytes`: it is one,
 * with bytes after it. `malformedKey`: the not a valid key of the item's.
 */
export type ProblemKind = 'undecodable' | 'trailingBytes' | 'malformedKey'

/** Entries of one item with the same against them. */
export interface ItemProblem {
  readonly kind: ProblemKind
  readonly item: InspectedItem
  /** Entries that were fine under the runtime on chain, or were not there. */
  readonly count: number
  /** Entries that were no better before the upgrade. */
  readonly countBefore: number
  /** Bytes of the values that `count` is of: how many there are of each size. */
  readonly sizes: ReadonlyMap<number, number>
  /** Of those that `count` is of. */
  readonly samples: readonly Sample[]
}

export interface Sample {
  readonly key: StorageKey
  readonly value: Uint8Array
}

interface Entry extends Sample {
  readonly kind: ProblemKind
}

/** The state before the upgrade, and how to look at it. */
export interface Baseline {
  readonly before: ChainState
  /** At the same height without the upgrade. */
  readonly without: ChainState
  readonly older: StorageInspector
  readonly codec: ChainCodec
}

const SAMPLES = 5

type Counted = { -readonly [K in keyof ItemProblem]: ItemProblem[K] } & {
  readonly sizes: Map<number, number>
  readonly samples: Sample[]
}

/** Counts what is wrong with entries, apart from what was wrong before. */
export class ProblemCounter {
  readonly #baseline: Baseline
  readonly #problems = new Map<InspectedItem, Map<ProblemKind, Counted>>()
  readonly #neverDecoded = new Map<string, boolean>()

  constructor(baseline: Baseline) {
    this.#baseline = baseline
  }

  add(item: InspectedItem, entry: Entry): void {
    const problem = this.#problemOf(item, entry.kind)
    if (this.#wasThere(item, entry)) {
      problem.countBefore++
      return
    }
    problem.count++
    problem.sizes.set(entry.value.length, (problem.sizes.get(entry.value.length) ?? 0) + 1)
    if (problem.samples.length < SAMPLES) problem.samples.push({ key: entry.key, value: entry.value })
  }

  /** Most entries first. */
  all(): readonly ItemProblem[] {
    const all = [...this.#problems.values()].flatMap((kinds) => [...kinds.values()])
    return all.sort((a, b) => b.count - a.count || b.countBefore - a.countBefore)
  }

  #problemOf(item: InspectedItem, kind: ProblemKind): Counted {
    const kinds = this.#problems.get(item) ?? new Map<ProblemKind, Counted>()
    this.#problems.set(item, kinds)
    const problem = kinds.get(kind) ?? {
      kind,
      item,
      count: 0,
      countBefore: 0,
      sizes: new Map(),
      samples: [],
    }
    kinds.set(kind, problem)
    return problem
  }

  #wasThere(item: InspectedItem, { kind, key }: Entry): boolean {
    const { before, without, older } = this.#baseline
    const old = older.find(key)
    // What a block writes first, the runtime on chain writes too; where its own metadata can't read that, nothing was lost.
    const value = before.get(key) ?? without.get(key)
    if (value === null) return this.#isNeverDecoded(item)
    if (old === null) return false
    if (kind === 'malformedKey') return !old.isKey(key)
    return old.bytesLeft(value) !== 0
  }

  /** An item whose values the metadata never described: what a block adds to it is just as undescribed. */
  #isNeverDecoded({ pallet, item }: InspectedItem): boolean {
    const name = `${pallet}.${item}`
    const known = this.#neverDecoded.get(name)
    if (known !== undefined) return known
    const answer = this.#lookForDecoded(pallet, item)
    this.#neverDecoded.set(name, answer)
    return answer
  }

  #lookForDecoded(pallet: string, item: string): boolean {
    const { before, older, codec } = this.#baseline
    if (codec.item(pallet, item) === null) return false
    let found = false
    for (const [key, value] of before.entries(codec.storagePrefix(pallet, item))) {
      const old = older.find(key)
      if (old === null) continue
      if (old.isKey(key) && old.bytesLeft(value) === 0) return false
      found ||= old.bytesLeft(value) === NO_VALUE || !old.isKey(key)
    }
    return found
  }
}
