import { openLmdbStore } from './lmdbStore.ts'
import { NodeStore, type OpenNodeStoreOptions } from './nodes/nodeStore.ts'
import { openPackedStore } from './packedStore.ts'
import type { SharedStore, Store } from './store.ts'

/**
 * Opens the store that `share()` described, in this or another thread; errors as `openPackedStore`, `openLmdbStore` and
 * `NodeStore.open`, whose `options` are for stores of nodes alone.
 */
export function openShared(shared: SharedStore, options?: OpenNodeStoreOptions): Store {
  switch (shared.kind) {
    case 'packed':
      return openPackedStore(shared)
    case 'lmdb':
      return openLmdbStore(shared)
    case 'nodes':
      return NodeStore.open(shared, options)
  }
}
