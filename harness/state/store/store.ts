import type { StateView, StorageKey } from '../stateView.ts'
import type { StateNodes } from '../trie/stateNodes.ts'
import type { SharedNodeStore } from './nodes/sharedNodeStore.ts'

/** One key of a store with its value; the bytes are shared. */
export type StoreEntry = readonly [key: StorageKey, value: Uint8Array]

/** What another thread needs to open the same store; survives `structuredClone` without a copy of the state. */
export type SharedStore =
  | { readonly kind: 'packed'; readonly id: string; readonly buffer: SharedArrayBuffer }
  | { readonly kind: 'lmdb'; readonly id: string; readonly path: string; readonly keyCount: number }
  | SharedNodeStore

/** A chain's whole state at one block, held locally and never changed. */
export interface Store extends StateView {
  /** Equal for stores of the same content opened from the same place; names it across threads. */
  readonly id: string
  /** Zero when the store has only a part of the state and nobody has counted the whole. */
  readonly keyCount: number
  /** Of a store that keeps trie nodes: the state's trie is read from them instead of being built from entries. */
  readonly nodes?: StateNodes
  /** Entries with `start <= key < end` in byte order; to the end when `end` is null. */
  range(start: StorageKey, end: StorageKey | null): Iterable<StoreEntry>
  share(): SharedStore
  close(): void
}
