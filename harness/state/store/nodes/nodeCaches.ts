import { NodeCache } from './nodeCache.ts'

/** The node caches of one thread, each opened once: many stores, of one block each, share them. */
export class NodeCaches {
  readonly #open = new Map<string, NodeCache>()

  /** Errors as `NodeCache.open`. */
  open(path: string): NodeCache {
    const known = this.#open.get(path)
    if (known !== undefined) return known
    const cache = NodeCache.open(path)
    this.#open.set(path, cache)
    return cache
  }
}
