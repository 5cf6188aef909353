import { AppendList } from './appendList.ts'
import type { ChainState } from './chainState.ts'
import { SortedKeys } from './sortedKeys.ts'
import { CHILD_MARK, type Changes, type StorageKey } from './stateView.ts'
import type { StateTrie } from './trie/stateTrie.ts'

type Value = Uint8Array | AppendList | null

export interface ClearPrefixResult {
  /** The first key of the backend that was not looked at, where to go on; null when none is left. */
  readonly next: StorageKey | null
  /** Keys of the backend newly marked deleted. */
  readonly removed: number
  /** `removed`, and the keys that the block had written. */
  readonly unique: number
  /** Keys of the backend that were looked at. */
  readonly loops: number
}

/**
 * V8's bookkeeping of a change, measured: a new key with a small value takes 300 to 390 bytes besides its characters, a
 * former value kept for a rollback 340, a transaction 42.
 */
const KEY_BYTES = 400
const FORMER_BYTES = 340
const TRANSACTION_BYTES = 64

/** Thrown by a write, which is then not made: the call has changed so much that the thread's memory is at stake. */
export class OverlayFullError extends Error {
  constructor(maxHeldBytes: number) {
    super(`the changes of the call take more than ${maxHeldBytes} bytes to keep`)
    this.name = 'OverlayFullError'
  }
}

export interface OverlayLimits {
  /** What keys, former values and transactions may take on V8's heap, by estimate. Default: no limit. */
  readonly maxHeldBytes?: number
}

/** Exact counters of one call. */
export interface OverlayCounters {
  reads: number
  readBytes: number
  writes: number
  writtenBytes: number
  nextKeys: number
}

/**
 * The changes of one runtime call over a chain's state, with nested transactions.
 *
 * A transaction keeps the former value of each key that it changes; a rollback puts them back. A key first written inside a
 * rolled-back transaction leaves no trace, where a deletion mark would hide the value below.
 */
export class Overlay {
  readonly state: ChainState
  /** The trie of `state` with all changes, while nothing has been written since it was computed. */
  trieAfter: StateTrie | null = null
  /** Told of each write, `append` left out, before it is made. */
  onWrite: ((key: StorageKey, value: Uint8Array | null) => void) | null = null
  readonly counters: OverlayCounters = { reads: 0, readBytes: 0, writes: 0, writtenBytes: 0, nextKeys: 0 }
  readonly #values = new Map<StorageKey, Value>()
  readonly #keys = new SortedKeys()
  /** Keys that a rollback took back; `#keys` still lists them. */
  readonly #withdrawn = new Set<StorageKey>()
  /** Keys whose value may be an `AppendList`. */
  readonly #lists = new Set<StorageKey>()
  readonly #transactions: (readonly [StorageKey, Value | undefined])[][] = []
  readonly #maxHeldBytes: number
  #heldBytes = 0

  constructor(state: ChainState, { maxHeldBytes = Number.POSITIVE_INFINITY }: OverlayLimits = {}) {
    this.state = state
    this.#maxHeldBytes = maxHeldBytes
  }

  get(key: StorageKey): Uint8Array | null {
    this.counters.reads++
    const value = this.#peek(key)
    if (value !== null) this.counters.readBytes += value.length
    return value
  }

  has(key: StorageKey): boolean {
    this.counters.reads++
    return this.#peek(key) !== null
  }

  set(key: StorageKey, value: Uint8Array): void {
    this.counters.writtenBytes += value.length
    this.#write(key, value)
  }

  delete(key: StorageKey): void {
    this.#write(key, null)
  }

  /** `storage_append`: see `AppendList.from` for values that are not a list. */
  append(key: StorageKey, item: Uint8Array): void {
    const current = this.#values.get(key)
    const list =
      current instanceof AppendList
        ? current
        : AppendList.from(current === undefined ? this.state.get(key) : current)
    this.counters.writtenBytes += item.length
    this.#lists.add(key)
    this.#write(key, list.append(item))
  }

  /** The smallest present key above `key`, child keys included. */
  nextKey(key: StorageKey): StorageKey | null {
    this.counters.nextKeys++
    let below = this.state.nextKey(key)
    let own = this.#keys.nextKey(key)
    for (;;) {
      if (own === null || (below !== null && below < own)) return below
      const value = this.#values.get(own)
      if (value !== null && value !== undefined) return own
      if (own === below && value === undefined) return below
      if (own === below) below = this.state.nextKey(own)
      own = this.#keys.nextKey(own)
    }
  }

  /**
   * Deletes keys with `prefix`. Keys that the block has written go first and do not count; then the keys of the state
   * before the block, in order and not below `from`, until `limit` of them were looked at, those already deleted included
   * (sp-state-machine `Ext::limit_remove_from_backend`).
   */
  clearPrefix(prefix: StorageKey, limit: number | null, from: StorageKey = prefix): ClearPrefixResult {
    let written = 0
    for (const key of this.#blockKeysWithPrefix(prefix)) {
      if (this.#peek(key) === null) continue
      this.delete(key)
      written++
    }
    const inChild = prefix.startsWith(CHILD_MARK)
    let removed = 0
    let loops = 0
    for (const key of this.state.backend.keysWithPrefix(prefix, from)) {
      if (!inChild && key.startsWith(CHILD_MARK)) break
      if (limit !== null && loops === limit) return { next: key, removed, unique: written + removed, loops }
      if (this.#peek(key) !== null) {
        this.delete(key)
        removed++
      }
      loops++
    }
    return { next: null, removed, unique: written + removed, loops }
  }

  get openTransactions(): number {
    return this.#transactions.length
  }

  startTransaction(): void {
    this.#hold(TRANSACTION_BYTES)
    this.#transactions.push([])
  }

  /** False when none is open. */
  commitTransaction(): boolean {
    const done = this.#transactions.pop()
    if (done === undefined) return false
    const outer = this.#transactions.at(-1)
    this.#heldBytes -= TRANSACTION_BYTES
    if (outer === undefined) this.#heldBytes -= done.length * FORMER_BYTES
    else for (const entry of done) outer.push(entry)
    return true
  }

  /** False when none is open. */
  rollbackTransaction(): boolean {
    const undone = this.#transactions.pop()
    if (undone === undefined) return false
    this.trieAfter = null
    this.#heldBytes -= TRANSACTION_BYTES + undone.length * FORMER_BYTES
    for (let i = undone.length - 1; i >= 0; i--) {
      const [key, former] = undone[i] ?? ['', undefined]
      if (former === undefined) this.#withdraw(key)
      else this.#values.set(key, former)
      if (former instanceof AppendList) this.#lists.add(key)
    }
    return true
  }

  /** All changes so far. The map is live until the next write: take it when the call is over, or use it at once. */
  changes(): Changes {
    for (const key of this.#lists) {
      const value = this.#values.get(key)
      if (value instanceof AppendList) this.#values.set(key, value.toBytes())
    }
    this.#lists.clear()
    // SAFETY: no AppendList is left in the map.
    return this.#values as Map<StorageKey, Uint8Array | null>
  }

  /** Keys with a change, as `changes` lists them. */
  get changedKeys(): number {
    return this.#values.size
  }

  #peek(key: StorageKey): Uint8Array | null {
    const value = this.#values.get(key)
    if (value === undefined) return this.state.get(key)
    return value instanceof AppendList ? value.toBytes() : value
  }

  #write(key: StorageKey, value: Value): void {
    if (this.onWrite !== null && !(value instanceof AppendList)) this.onWrite(key, value)
    this.counters.writes++
    this.trieAfter = null
    const former = this.#values.get(key)
    if (former === undefined && !this.#withdrawn.delete(key)) this.#addKey(key)
    const transaction = this.#transactions.at(-1)
    if (transaction !== undefined) {
      this.#hold(FORMER_BYTES)
      transaction.push([key, former])
    }
    this.#values.set(key, value)
  }

  #addKey(key: StorageKey): void {
    this.#hold(KEY_BYTES + key.length)
    this.#keys.add(key)
  }

  /** V8 may end the whole process, and not just the thread, when a table that doubles finds no room. */
  #hold(bytes: number): void {
    this.#heldBytes += bytes
    if (this.#heldBytes > this.#maxHeldBytes) throw new OverlayFullError(this.#maxHeldBytes)
  }

  #withdraw(key: StorageKey): void {
    this.#values.delete(key)
    this.#withdrawn.add(key)
  }

  #blockKeysWithPrefix(prefix: StorageKey): Set<StorageKey> {
    const keys = new Set(this.state.blockKeysWithPrefix(prefix))
    if (this.#values.has(prefix)) keys.add(prefix)
    for (let key = this.#keys.nextKey(prefix); key?.startsWith(prefix); key = this.#keys.nextKey(key)) {
      if (this.#values.has(key)) keys.add(key)
    }
    return keys
  }
}
