import { openLmdbStore } from './lmdbStore.ts'
import { openPackedStore } from './packedStore.ts'
import type { SharedStore, Store } from './store.ts'

/** Opens the store that `share()` described, in this or another thread; errors as `openPackedStore` and `openLmdbStore`. */
export function openShared(shared: SharedStore): Store {
  return shared.kind === 'packed' ? openPackedStore(shared) : openLmdbStore(shared)
}
