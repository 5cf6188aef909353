import type { StorageKey } from '../stateView.ts'
import type { Store } from './store.ts'

/** Takes the entries of a state one by one, in any order, and ends as a store. Serves one build. */
export interface StoreBuilder {
  /** Copies both. A key that comes again replaces the earlier value. Throws `STORE_KEY_INVALID`, `STORE_TOO_LARGE`. */
  add(key: StorageKey, value: Uint8Array): void
  /** Ends the build; the builder is used up. */
  finish(): Promise<Store>
  /** Ends the build without a store and removes what it left on disk. Harmless after `finish`. */
  abandon(): Promise<void>
}
