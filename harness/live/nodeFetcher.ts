import { binaryToHex, bytesToHex } from '../base/bytes.ts'
import { DrydockError } from '../base/errors.ts'
import type { StorageKey } from '../state/stateView.ts'
import type { NodeMiss } from '../state/store/nodes/mailbox.ts'
import type { NodeCache } from '../state/store/nodes/nodeCache.ts'
import type { ChainRpc, TrieAt } from './chainRpc.ts'
import type { Endpoints } from './endpoints.ts'
import { type ReadAhead, ReadAheadPlan } from './readAhead.ts'

/** Brings missing nodes from endpoints into the cache, each under the hash that it has and not the one that was claimed. */
export class NodeFetcher {
  readonly #endpoints: Endpoints
  readonly #cache: NodeCache
  readonly #plan = new ReadAheadPlan()

  constructor(endpoints: Endpoints, cache: NodeCache) {
    this.#endpoints = endpoints
    this.#cache = cache
  }

  /** Throws `RPC_…`, and `LIVE_PROOF` when no endpoint's proof has the missing node. */
  async fetch(miss: NodeMiss): Promise<void> {
    const ahead = this.#plan.plan(miss)
    const nodes = await this.#endpoints.ask((rpc) => this.#prove(rpc, miss, ahead))
    let sizeBytes = 0
    for (const node of nodes) {
      this.#cache.put(node)
      sizeBytes += node.length
    }
    this.#plan.received(sizeBytes)
    await this.#cache.flush()
  }

  async #prove(rpc: ChainRpc, miss: NodeMiss, ahead: ReadAhead): Promise<readonly Uint8Array[]> {
    const keys = [...ahead.keys, ...(await this.#page(rpc, miss, ahead))]
    const nodes = await this.#proof(rpc, miss, keys)
    if (!nodes.some((node) => this.#cache.hashOf(node) === miss.hash)) throw incomplete(rpc, miss)
    return nodes
  }

  /** A node that finds the page too much is asked for the missed key alone. */
  async #proof(rpc: ChainRpc, miss: TrieAt & NodeMiss, keys: readonly StorageKey[]) {
    try {
      return await rpc.proof(miss, [...new Set(keys)])
    } catch (error) {
      if (keys.length === 1 || !isRefusal(error)) throw error
      return rpc.proof(miss, [miss.key])
    }
  }

  /** Keys are hints: without them only more requests are needed. */
  async #page(rpc: ChainRpc, miss: NodeMiss, { page }: ReadAhead): Promise<readonly StorageKey[]> {
    if (page === null) return []
    try {
      return await rpc.keysAfter(miss, page.after, page.count)
    } catch (error) {
      if (!isRefusal(error)) throw error
      return []
    }
  }
}

function isRefusal(error: unknown): boolean {
  return error instanceof DrydockError && (error.code === 'RPC_REFUSED' || error.code === 'RPC_SHAPE')
}

function incomplete(rpc: ChainRpc, { block, key, hash }: NodeMiss): DrydockError {
  const shown = binaryToHex(key).slice(0, 140)
  return new DrydockError(
    `${rpc.label} gave a proof for ${shown} at block ${block} that does not lead to its state root: the node ${bytesToHex(Buffer.from(hash, 'latin1'))} is missing or was altered`,
    {
      code: 'LIVE_PROOF',
      kind: 'environment',
      hints: ['The endpoint is broken, dishonest, or no longer has the state: try another one.'],
      details: { endpoint: rpc.label },
    },
  )
}
