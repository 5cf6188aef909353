import { setImmediate } from 'node:timers/promises'
import { encodeAddress } from '@polkadot/util-crypto'
import { DrydockError } from '../../harness/base/errors.ts'
import {
  type ChainCodec,
  type ChainInput,
  createStorageInspector,
  type InspectedItem,
  type StorageInspector,
  type TypedValue,
} from '../../harness/codec/index.ts'
import type { ChainState } from '../../harness/state/chainState.ts'
import type { StorageKey } from '../../harness/state/stateView.ts'

/** One key of a map with its value; both are decoded when first looked at. */
export interface StateEntry {
  readonly key: StorageKey
  /** One a key part; null for a part of which only a hash is kept. */
  readonly keys: readonly TypedValue[]
  readonly value: TypedValue
  /** The integer in the value at a path of fields, as `integerAt`. */
  integer(...path: readonly string[]): bigint
}

/**
 * A chain's state as its runtime reads it: by names of pallets and items, what is absent at its default, what does not decode
 * as absent. Integers are bigints, accounts 0x-hex. Names that the runtime does not have throw `CODEC_UNKNOWN_STORAGE`.
 */
export interface StateReader {
  readonly codec: ChainCodec
  has(pallet: string, item: string): boolean
  /** A single value; null when it is absent and has no default. */
  value(pallet: string, item: string, ...keys: readonly ChainInput[]): TypedValue
  /** As `value`, of an integer. */
  integer(pallet: string, item: string, ...keys: readonly ChainInput[]): bigint
  /** All entries of a map, or those whose keys start with some parts. It lets others run every few thousand entries. */
  entries(pallet: string, item: string, ...keys: readonly ChainInput[]): AsyncIterable<StateEntry>
  /** SS58 address of an account. */
  address(account: TypedValue): string
  /** Entries so far that did not decode and were passed over. */
  readonly undecodable: number
}

/** Entries between two pauses. */
const SLICE = 4_096

/** A reader of `state` by the metadata of `codec`. Its iterations throw when the signal is aborted. */
export function createStateReader(codec: ChainCodec, state: ChainState, signal: AbortSignal): StateReader {
  return new CodecStateReader(codec, state, signal)
}

/** The integer at a path of fields. Throws `INVARIANT_FIELD` when there is none. */
export function integerAt(value: TypedValue, ...path: readonly string[]): bigint {
  const found = fieldAt(value, ...path)
  if (typeof found === 'bigint') return found
  throw new DrydockError(`no integer at ${path.join('.') || 'the top'} of a stored value`, {
    code: 'INVARIANT_FIELD',
    kind: 'usage',
    hints: ['Fields are named as in the metadata of the runtime, such as data.free of System.Account.'],
  })
}

/** What stands at a path of fields; undefined when there is nothing. */
export function fieldAt(value: TypedValue, ...path: readonly string[]): TypedValue | undefined {
  let found: TypedValue | undefined = value
  for (const name of path) found = isFields(found) ? found[name] : undefined
  return found
}

function isFields(value: TypedValue | undefined): value is { readonly [name: string]: TypedValue } {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

class CodecStateReader implements StateReader {
  readonly codec: ChainCodec
  undecodable = 0
  readonly #state: ChainState
  readonly #signal: AbortSignal
  readonly #inspector: StorageInspector

  constructor(codec: ChainCodec, state: ChainState, signal: AbortSignal) {
    this.codec = codec
    this.#state = state
    this.#signal = signal
    this.#inspector = createStorageInspector(codec.metadata)
  }

  has(pallet: string, item: string): boolean {
    return this.codec.item(pallet, item) !== null
  }

  value(pallet: string, item: string, ...keys: readonly ChainInput[]): TypedValue {
    const key = this.codec.storageKey(pallet, item, ...keys)
    const inspected = this.#itemAt(key)
    const stored = this.#state.get(key)
    const isUsable = stored !== null && inspected.bytesLeft(stored) >= 0
    const bytes = isUsable ? stored : this.codec.fallback(pallet, item)
    return bytes === null ? null : inspected.readValue(bytes)
  }

  integer(pallet: string, item: string, ...keys: readonly ChainInput[]): bigint {
    return integerAt(this.value(pallet, item, ...keys))
  }

  entries(pallet: string, item: string, ...keys: readonly ChainInput[]): AsyncIterable<StateEntry> {
    const prefix = this.codec.storageKey(pallet, item, ...keys)
    return { [Symbol.asyncIterator]: () => this.#iterate(prefix) }
  }

  address(account: TypedValue): string {
    return typeof account === 'string'
      ? encodeAddress(account, this.codec.metadata.types.ss58Format)
      : String(account)
  }

  /** PERF: by hand, since an async generator adds ticks to every entry. */
  #iterate(prefix: StorageKey): AsyncIterator<StateEntry> {
    const item = this.#itemAt(prefix)
    const source = this.#state.entries(prefix)
    let count = 0
    const step = (): IteratorResult<StateEntry> => {
      for (;;) {
        const next = source.next()
        if (next.done === true) return { done: true, value: undefined }
        const [key, value] = next.value
        if (item.isKey(key) && item.bytesLeft(value) >= 0) {
          return { done: false, value: new LazyEntry(item, key, value) }
        }
        this.undecodable++
      }
    }
    return {
      next: async () => {
        if (count++ % SLICE === 0) await this.#pause()
        return step()
      },
    }
  }

  async #pause(): Promise<void> {
    await setImmediate()
    this.#signal.throwIfAborted()
  }

  #itemAt(key: StorageKey): InspectedItem {
    const item = this.#inspector.find(key)
    if (item === null) throw new Error('a key that the codec made has no item')
    return item
  }
}

class LazyEntry implements StateEntry {
  readonly key: StorageKey
  readonly #item: InspectedItem
  readonly #bytes: Uint8Array
  #value: TypedValue | undefined

  constructor(item: InspectedItem, key: StorageKey, bytes: Uint8Array) {
    this.key = key
    this.#item = item
    this.#bytes = bytes
  }

  get keys(): readonly TypedValue[] {
    return this.#item.readKey(this.key)
  }

  get value(): TypedValue {
    this.#value ??= this.#item.readValue(this.#bytes)
    return this.#value
  }

  integer(...path: readonly string[]): bigint {
    return integerAt(this.value, ...path)
  }
}
