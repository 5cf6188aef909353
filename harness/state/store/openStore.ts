import { openLmdbStore } from './lmdbStore.ts'
import { NodeStore } from './nodes/nodeStore.ts'
import { openPackedStore } from './packedStore.ts'
import type { SharedStore, Store } from './store.ts'
import type { WaitClock } from './waitClock.ts'

/**
 * Opens the store that `share()` described, in this or another thread; errors as `openPackedStore`, `openLmdbStore` and
 * `NodeStore.open`. `waits` counts how long the store waits for data from outside.
 */
export function openShared(shared: SharedStore, waits?: WaitClock): Store {
  switch (shared.kind) {
    case 'packed':
      return openPackedStore(shared)
    case 'lmdb':
      return openLmdbStore(shared)
    case 'nodes':
      return NodeStore.open(shared, waits)
  }
}
