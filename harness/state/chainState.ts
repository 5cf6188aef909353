import { ChangedValues } from './changedValues.ts'
import { Layer, mergeChanges } from './layer.ts'
import { MergedKeys } from './mergedKeys.ts'
import type { Changes, StateView, StorageKey } from './stateView.ts'
import type { Store, StoreEntry } from './store/store.ts'
import { StateTrie } from './trie/stateTrie.ts'
import type { StateVersion } from './trie/trieNode.ts'

export type { StateVersion }

const NO_CHANGES: Changes = new Map()

interface Origin {
  readonly parent: ChainState
  readonly changes: Changes
  readonly sealed: boolean
  /** Under which the runtime that made the changes writes its values; null when nobody has told yet. */
  readonly writtenUnder: StateVersion | null
  /** All changes over the store, when they are at hand. */
  readonly layers?: readonly Layer[]
}

/**
 * The state of a chain at a point of a block: an immutable store and the changes since. Making a successor is cheap and
 * leaves the parent as it was, so blocks, extrinsics and trial runs all start from a shared parent.
 *
 * `with` goes on within a block; `seal` ends the block. The difference shows to a runtime: `clear_prefix` with a limit
 * counts keys of the state before the block (`backend`) and not those that the block itself wrote.
 */
export class ChainState implements StateView {
  readonly store: Store
  /** The state that `changes` are relative to; null for a store's own state. */
  readonly parent: ChainState | null
  readonly changes: Changes
  /** The last sealed state: this one, or the end of the block before. */
  readonly backend: ChainState
  readonly #own: Layer
  readonly #layers: readonly Layer[]
  readonly #stateVersion: StateVersion | null
  readonly #writtenUnder: StateVersion | null
  readonly #changed: ChangedValues
  #mergedKeys: MergedKeys | null = null
  #trie: StateTrie | null = null
  #sealedFrom: WeakRef<ChainState> | null = null

  private constructor(store: Store, origin: Origin | null, stateVersion: StateVersion | null) {
    this.store = store
    this.#stateVersion = stateVersion
    this.#writtenUnder = origin === null ? stateVersion : origin.writtenUnder
    this.parent = origin?.parent ?? null
    this.changes = origin?.changes ?? NO_CHANGES
    this.backend = origin === null || origin.sealed ? this : origin.parent.backend
    this.#own = new Layer(this.changes)
    if (origin === null) this.#layers = []
    else this.#layers = origin.layers ?? pushLayer(origin.parent.#layers, this.#own)
    this.#changed = new ChangedValues(this.#layers)
  }

  /** `stateVersion`: how the chain's trie was written so far; default: the version of the first root that is asked. */
  static fromStore(store: Store, stateVersion: StateVersion | null = null): ChainState {
    return new ChainState(store, null, stateVersion)
  }

  /**
   * The state after `changes`, still in the same block; `trie` when it was computed for just that content. `writtenUnder` is
   * the state version of the runtime that made them, which stays with them wherever they are hashed; default: that of the
   * changes before.
   */
  with(
    changes: Changes,
    trie: StateTrie | null = null,
    writtenUnder: StateVersion | null = this.#writtenUnder,
  ): ChainState {
    const origin = { parent: this, changes, sealed: false, writtenUnder }
    const next = new ChainState(this.store, origin, this.#stateVersion)
    next.#trie = trie
    next.#changed.takeOver(this.#changed, changes)
    return next
  }

  /** The state at the end of the block: same content, one step from the block before. */
  seal(): ChainState {
    if (this.backend === this) return this
    const changes = this.changesSinceBackend()
    // PERF: what is below the changes is the same, merged already.
    const writtenUnder = this.#writtenUnder
    const origin = { parent: this.backend, changes, sealed: true, writtenUnder, layers: this.#layers }
    const sealed = new ChainState(this.store, origin, this.#stateVersion)
    sealed.#trie = this.#trie
    sealed.#changed.takeOver(this.#changed, NO_CHANGES)
    sealed.#sealedFrom = new WeakRef(this)
    return sealed
  }

  /** The state that was sealed into this one, while something still holds it. */
  get sealedFrom(): ChainState | null {
    return this.#sealedFrom?.deref() ?? null
  }

  /** How the store's trie was written, when that is known. */
  get stateVersion(): StateVersion | null {
    return this.#stateVersion
  }

  /** The state version under which `changes` were written, or the store for a store's own state; null: nobody has told. */
  get writtenUnder(): StateVersion | null {
    return this.#writtenUnder
  }

  /** What the block has changed so far; empty for a sealed state. */
  changesSinceBackend(): Changes {
    const steps: Changes[] = []
    for (
      let state: ChainState = this;
      state !== state.backend && state.parent !== null;
      state = state.parent
    ) {
      steps.push(state.changes)
    }
    const only = steps.length === 1 ? steps[0] : undefined
    if (only !== undefined) return only
    const merged = new Map<StorageKey, Uint8Array | null>()
    for (const step of steps.reverse()) for (const [key, value] of step) merged.set(key, value)
    return merged
  }

  /** Keys with `prefix` that the block has touched so far, deleted ones included; a key may come twice. */
  *blockKeysWithPrefix(prefix: StorageKey): Generator<StorageKey> {
    for (
      let state: ChainState = this;
      state !== state.backend && state.parent !== null;
      state = state.parent
    ) {
      yield* state.#own.keysWithPrefix(prefix)
    }
  }

  get(key: StorageKey): Uint8Array | null {
    const value = this.#changed.get(key)
    return value === undefined ? this.store.get(key) : value
  }

  nextKey(key: StorageKey): StorageKey | null {
    if (this.#layers.length === 0) return this.store.nextKey(key)
    this.#mergedKeys ??= new MergedKeys(this.store, this.#layers, (changed) => this.#changed.get(changed))
    return this.#mergedKeys.nextKey(key)
  }

  /** Keys with `prefix`, in order, from `from` on. */
  *keysWithPrefix(prefix: StorageKey, from: StorageKey = prefix): Generator<StorageKey> {
    const first = from > prefix ? from : prefix
    let key = this.get(first) === null ? this.nextKey(first) : first
    while (key?.startsWith(prefix)) {
      yield key
      key = this.nextKey(key)
    }
  }

  /**
   * Keys with `prefix` and their values, in order; child keys come last, under the empty prefix.
   *
   * PERF: one pass over the store beside the changed keys, 0.2 us an entry; `nextKey` and `get` search for each.
   */
  *entries(prefix: StorageKey): Generator<StoreEntry> {
    const changed = this.#changedKeys(prefix)
    let next = 0
    for (const entry of this.store.range(prefix, null)) {
      if (!entry[0].startsWith(prefix)) break
      let key = changed[next]
      for (; key !== undefined && key < entry[0]; key = changed[++next]) {
        const value = this.get(key)
        if (value !== null) yield [key, value]
      }
      if (key !== entry[0]) yield entry
    }
    for (; next < changed.length; next++) {
      const key = changed[next] ?? ''
      const value = this.get(key)
      if (value !== null) yield [key, value]
    }
  }

  /** Keys with `prefix` that differ from the store or may, in order. */
  #changedKeys(prefix: StorageKey): readonly StorageKey[] {
    const [only, ...others] = this.#layers
    if (only === undefined) return []
    if (others.length === 0) return only.keysWithPrefix(prefix)
    const all = new Set(this.#layers.flatMap((layer) => layer.keysWithPrefix(prefix)))
    return [...all].sort()
  }

  /** 32 bytes. The first call on a store builds its trie (about 5 us a key); later states pay only for what changed. */
  stateRoot(version: StateVersion): Uint8Array {
    return this.trie(version).rootHash
  }

  /**
   * The trie of this state. Each change enters as it was written (`with`), as on a chain whose upgrade raised its state version;
   * `version` is for those of which nobody has told.
   */
  trie(version: StateVersion): StateTrie {
    const steps: ChainState[] = []
    let state: ChainState = this
    while (state.#trie === null && state.parent !== null) {
      steps.push(state)
      state = state.parent
    }
    let trie = state.#trie ?? StateTrie.build(state.store, state.#stateVersion ?? version)
    state.#trie = trie
    // PERF: changes of one version enter at once, so that branches near the root are hashed once.
    for (const run of runsOfOneVersion(steps.reverse(), version)) trie = trie.apply(run.changes, run.version)
    this.#trie = trie
    return trie
  }
}

interface VersionRun {
  readonly version: StateVersion
  readonly changes: Changes
}

/** The changes of `steps`, oldest first, joined as long as they were written under the same version. */
function runsOfOneVersion(steps: readonly ChainState[], unknown: StateVersion): readonly VersionRun[] {
  const runs: VersionRun[] = []
  for (const { changes, writtenUnder } of steps) {
    if (changes.size === 0) continue
    const version = writtenUnder ?? unknown
    const last = runs.at(-1)
    if (last?.version === version)
      runs[runs.length - 1] = { version, changes: mergeChanges(last.changes, changes) }
    else runs.push({ version, changes })
  }
  return runs
}

/** PERF: sizes at least halve from layer to layer, so look-ups pass through few and a key is copied log(n) times. */
function pushLayer(layers: readonly Layer[], own: Layer): readonly Layer[] {
  if (own.changes.size === 0) return layers
  const kept = [...layers]
  let top = own
  for (let below = kept.at(-1); below !== undefined; below = kept.at(-1)) {
    if (below.changes.size > 2 * top.changes.size) break
    kept.pop()
    top = Layer.merge(below, top)
  }
  kept.push(top)
  return kept
}
