import { hexToBinary, hexToBytes } from '../../base/bytes.ts'
import { DrydockError } from '../../base/errors.ts'
import { CHILD_ROOT_PREFIX, childPrefix } from '../stateView.ts'
import { packedStoreBuilder } from '../store/packedStore.ts'
import type { Store } from '../store/store.ts'
import type { StoreBuilder } from '../store/storeBuilder.ts'
import type { JsonRpc } from './jsonRpc.ts'

export interface LiveStateOptions {
  readonly rpc: JsonRpc
  /** Block whose state is read, 0x-hex. */
  readonly blockHash: string
  readonly signal: AbortSignal
  /** Keys that have arrived so far. */
  onProgress?(keys: number): void
  /** Where the state goes; into a packed store by default. It is ended either way. */
  readonly builder?: StoreBuilder
  /** Requests under way at once. Default 6. */
  readonly parallel?: number
  /** Keys asked for in one request. Default 1,000, the most that nodes give. */
  readonly pageKeys?: number
}

const DEFAULT_PARALLEL = 6
const DEFAULT_PAGE_KEYS = 1_000

/**
 * Reads every key of a block's state from a node, child tries too. Nothing says that it is whole until its root is that of the
 * block's header, which is the caller's to compare. Throws `RPC_…`, and `RPC_STATE` for keys out of order, keys not asked for
 * and values missing.
 */
export async function readLiveState(options: LiveStateOptions): Promise<Store> {
  const builder = options.builder ?? packedStoreBuilder()
  try {
    await new Reading(options, builder).run()
    return await builder.finish()
  } catch (error) {
    await builder.abandon()
    throw error
  }
}

/** A trie, and the part of it that starts with `prefix`. */
interface Range {
  /** Key of the child trie in the main trie, 0x-hex; null for the main trie. */
  readonly child: string | null
  readonly prefix: string
}

class Reading {
  readonly #options: LiveStateOptions
  readonly #builder: StoreBuilder
  readonly #ranges: Range[]
  #keys = 0

  constructor(options: LiveStateOptions, builder: StoreBuilder) {
    this.#options = options
    this.#builder = builder
    // One range for each first byte: nodes give a range page after page, so that ranges are what can be read side by side.
    this.#ranges = Array.from({ length: 256 }, (_, byte) => ({
      child: null,
      prefix: `0x${byte.toString(16).padStart(2, '0')}`,
    }))
  }

  async run(): Promise<void> {
    const lanes = Array.from({ length: this.#options.parallel ?? DEFAULT_PARALLEL }, () => this.#lane())
    const results = await Promise.allSettled(lanes)
    for (const result of results) if (result.status === 'rejected') throw result.reason
    // Child tries that the last ranges named may have come when other lanes had already ended.
    await this.#lane()
  }

  async #lane(): Promise<void> {
    for (let range = this.#ranges.shift(); range !== undefined; range = this.#ranges.shift()) {
      await this.#readRange(range)
    }
  }

  async #readRange(range: Range): Promise<void> {
    const { pageKeys = DEFAULT_PAGE_KEYS, signal, onProgress } = this.#options
    let last: string | null = null
    for (;;) {
      signal.throwIfAborted()
      const keys = await this.#keyPage(range, last)
      if (keys.length > 0) await this.#readValues(range, keys)
      this.#keys += keys.length
      onProgress?.(this.#keys)
      last = keys.at(-1) ?? null
      if (last === null || keys.length < pageKeys) return
    }
  }

  async #keyPage({ child, prefix }: Range, after: string | null): Promise<readonly string[]> {
    const { rpc, blockHash, pageKeys = DEFAULT_PAGE_KEYS } = this.#options
    const page = [prefix, pageKeys, after, blockHash]
    const keys =
      child === null
        ? await rpc.call('state_getKeysPaged', page)
        : await rpc.call('childstate_getKeysPaged', [child, ...page])
    if (!Array.isArray(keys) || keys.length > pageKeys) throw this.#wrong('a page of keys that is none')
    let previous = after
    for (const key of keys) {
      if (!isHex(key) || !key.startsWith(prefix)) throw this.#wrong('a key that was not asked for')
      if (previous !== null && key <= previous) throw this.#wrong('keys out of order')
      previous = key
    }
    return keys
  }

  /** Asks for less when a node finds that it is too much. */
  async #readValues(range: Range, keys: readonly string[]): Promise<void> {
    let values: readonly (string | null)[]
    try {
      values = await this.#values(range, keys)
    } catch (error) {
      const isRefused = error instanceof DrydockError && error.code === 'RPC_REFUSED'
      if (!isRefused || keys.length === 1) throw error
      const half = keys.length >> 1
      await this.#readValues(range, keys.slice(0, half))
      await this.#readValues(range, keys.slice(half))
      return
    }
    for (const [i, key] of keys.entries()) this.#add(range, key, values[i] ?? null)
  }

  async #values({ child }: Range, keys: readonly string[]): Promise<readonly (string | null)[]> {
    const { rpc, blockHash } = this.#options
    if (child !== null) {
      const values = await rpc.call('childstate_getStorageEntries', [child, keys, blockHash])
      if (!Array.isArray(values) || values.length !== keys.length) throw this.#wrong('values of other keys')
      return values
    }
    const sets = await rpc.call('state_queryStorageAt', [keys, blockHash])
    const changes: unknown = Array.isArray(sets) ? sets[0]?.changes : null
    if (!Array.isArray(changes)) throw this.#wrong('values that are none')
    const byKey = new Map<unknown, string | null>(changes)
    return keys.map((key) => byKey.get(key) ?? null)
  }

  #add({ child }: Range, hexKey: string, value: string | null): void {
    if (!isHex(value)) throw this.#wrong(`no value for the key ${hexKey.slice(0, 80)}`)
    const key = hexToBinary(hexKey)
    if (child === null) {
      if (key.startsWith(CHILD_ROOT_PREFIX)) this.#ranges.push({ child: hexKey, prefix: '0x' })
      this.#builder.add(key, hexToBytes(value))
    } else {
      const childKey = hexToBinary(child).slice(CHILD_ROOT_PREFIX.length)
      this.#builder.add(childPrefix(childKey) + key, hexToBytes(value))
    }
  }

  #wrong(what: string): DrydockError {
    const { label } = this.#options.rpc
    return new DrydockError(`${label} gave ${what}`, {
      code: 'RPC_STATE',
      kind: 'environment',
      hints: ['The endpoint returned wrong data: try another one.'],
      details: { endpoint: label },
    })
  }
}

function isHex(value: unknown): value is string {
  return typeof value === 'string' && /^0x(?:[0-9a-f]{2})*$/.test(value)
}
