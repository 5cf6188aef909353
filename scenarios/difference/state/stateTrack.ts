import { isEqualBytes } from '../../../harness/base/bytes.ts'
import type { ChainCodec } from '../../../harness/codec/index.ts'
import type { ChainState } from '../../../harness/state/chainState.ts'
import type { Changes, StorageKey } from '../../../harness/state/stateView.ts'
import type { ItemPair, ItemPairs } from './itemPairs.ts'
import { isBlank, isSameByName } from './valueDifference.ts'

const NOT_MOVED = { control: false, candidate: false }

/** The two states of a twin. */
export interface TwinStates {
  readonly control: ChainState
  readonly candidate: ChainState
}

/** What is kept of a key that differs, or did. */
export interface DifferingKey {
  readonly key: StorageKey
  readonly pair: ItemPair
  /** Block in which it first differed, and what it was there. */
  readonly since: number
  readonly controlThen: Uint8Array | null
  readonly candidateThen: Uint8Array | null
  /** True once the candidate's value was more than a default while it differed. */
  filled: boolean
  /** Times that each side wrote another value since. */
  controlMoves: number
  candidateMoves: number
  /** False once both are the same again. */
  differs: boolean
}

/**
 * Which keys differ between the two sides, block by block: only keys that a block changed are looked at, so that thousands of
 * blocks cost little. Values are compared by what they mean; an absent key is what it reads as.
 */
export class StateTrack {
  readonly #pairs: ItemPairs
  readonly #keys = new Map<StorageKey, DifferingKey>()

  constructor(pairs: ItemPairs) {
    this.#pairs = pairs
  }

  /** Keys that differ now or did once, in the order in which they first did. */
  keys(): Iterable<DifferingKey> {
    return this.#keys.values()
  }

  /** Takes in what a block changed on either side; `states` are those after it. */
  observe(
    number: number,
    states: TwinStates,
    changes: { readonly control: Changes; readonly candidate: Changes },
  ) {
    const seen = new Set<StorageKey>()
    for (const side of [changes.control, changes.candidate]) {
      for (const key of side.keys()) {
        if (seen.has(key)) continue
        seen.add(key)
        const moved = {
          control: changes.control.has(key),
          candidate: changes.candidate.has(key),
        }
        this.#look(number, key, { states, moved })
      }
    }
  }

  /**
   * Looks at every entry of the items whose type or place of keys is another one: there the same bytes may mean something else,
   * and nobody need have written them. To be called once the migrations' block is built.
   */
  observeRetyped(number: number, states: TwinStates): void {
    for (const pair of this.#pairs.all()) {
      if (pair.older === null || pair.newer === null || pair.role === 'block') continue
      if (!pair.sameKeys) this.#lookAtMovedKeys(number, pair, states)
      else if (!pair.sameType) {
        const prefix = this.#pairs.older.storagePrefix(pair.pallet, pair.item)
        const keys = new Set([
          ...states.control.keysWithPrefix(prefix),
          ...states.candidate.keysWithPrefix(prefix),
        ])
        for (const key of keys) this.#look(number, key, { states, moved: NOT_MOVED })
      }
    }
  }

  /** Entries are the same when their arguments are, as each runtime reads its keys. */
  #lookAtMovedKeys(number: number, pair: ItemPair, states: TwinStates): void {
    const { older, newer } = this.#pairs
    const there = new Map<string, StorageKey>()
    for (const key of states.candidate.keysWithPrefix(newer.storagePrefix(pair.pallet, pair.item))) {
      const args = argsOf(newer, key)
      if (args !== null) there.set(args, key)
    }
    for (const key of states.control.keysWithPrefix(older.storagePrefix(pair.pallet, pair.item))) {
      const args = argsOf(older, key)
      const moved = args === null ? undefined : there.get(args)
      const control = states.control.get(key)
      const candidate = moved === undefined ? null : states.candidate.get(moved)
      if (this.differs(pair, control, candidate)) this.#add(number, { key, pair, control, candidate })
    }
  }

  #add(
    number: number,
    entry: Pick<DifferingKey, 'key' | 'pair'> & {
      readonly control: Uint8Array | null
      readonly candidate: Uint8Array | null
    },
  ): DifferingKey {
    const { key, pair, control, candidate } = entry
    const added: DifferingKey = {
      key,
      pair,
      since: number,
      controlThen: control,
      candidateThen: candidate,
      filled: this.#isFilled(pair, candidate),
      controlMoves: 0,
      candidateMoves: 0,
      differs: true,
    }
    this.#keys.set(key, added)
    return added
  }

  #look(
    number: number,
    key: StorageKey,
    { states, moved }: { states: TwinStates; moved: { control: boolean; candidate: boolean } },
  ): void {
    const pair = this.#pairs.of(key)
    if (pair.role === 'block' || !pair.sameKeys) return
    const [control, candidate] = [states.control.get(key), states.candidate.get(key)]
    const known = this.#keys.get(key)
    const differs = this.differs(pair, control, candidate)
    if (known === undefined && !differs) return
    const entry = known ?? this.#add(number, { key, pair, control, candidate })
    entry.differs = differs
    if (moved.control) entry.controlMoves++
    if (moved.candidate) entry.candidateMoves++
    if (!entry.filled && moved.candidate) entry.filled = this.#isFilled(pair, candidate)
  }

  /** True when the two values mean something else, each in the words of its runtime. */
  differs(pair: ItemPair, control: Uint8Array | null, candidate: Uint8Array | null): boolean {
    if (pair.sameType) {
      if (control === candidate) return false
      if (control !== null && candidate !== null) return !isEqualBytes(control, candidate)
      const fallback = this.#pairs.fallback(pair, pair.older === null ? 'newer' : 'older')
      return fallback === null || !isEqualBytes(control ?? candidate ?? fallback, fallback)
    }
    if (this.#pairs.isBroken(pair, candidate, 'newer')) return true
    return !isSameByName(
      this.#pairs.decode(pair, control, 'older'),
      this.#pairs.decode(pair, candidate, 'newer'),
    )
  }

  #isFilled(pair: ItemPair, candidate: Uint8Array | null): boolean {
    if (candidate === null) return false
    const speaker = pair.newer === null ? 'older' : 'newer'
    return (
      !this.#pairs.isBroken(pair, candidate, speaker) &&
      !isBlank(this.#pairs.decode(pair, candidate, speaker))
    )
  }
}

/** The arguments of a key as text; null when the key is not one of its item, or its hash is not that of what follows. */
function argsOf(codec: ChainCodec, key: StorageKey): string | null {
  const described = codec.describeKey(key)
  if (described?.kind !== 'item') return null
  const isWhole = described.args.every((arg) => !(typeof arg === 'object' && arg !== null && 'hash' in arg))
  if (isWhole && codec.storageKey(described.pallet, described.item, ...described.args) !== key) return null
  return JSON.stringify(described.args, (_, value: unknown) =>
    typeof value === 'number' ? String(value) : value,
  )
}
