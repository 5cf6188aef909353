import { hexToBinary } from '../../../harness/base/bytes.ts'
import { DrydockError } from '../../../harness/base/errors.ts'
import type { ChainHead } from '../../../harness/chain/block.ts'
import { type Hex, keyToHex, toHex } from './hex.ts'

/**
 * A node's RPC as far as Chopsticks asks it to build blocks, answered at once from a state in memory: no network, no
 * database, no search. Faster than any endpoint that Chopsticks could have, so its times are a lower bound. Child tries
 * are left out.
 */
export class MemoryProvider {
  readonly hasSubscriptions = false
  readonly isClonable = true
  readonly isConnected = true
  readonly isReady = Promise.resolve()
  readonly #head: ChainHead
  #requests = 0

  constructor(head: ChainHead) {
    this.#head = head
  }

  /** How often it was asked: what a real endpoint would take a round trip for. */
  get requests(): number {
    return this.#requests
  }

  clone(): MemoryProvider {
    return new MemoryProvider(this.#head)
  }

  async connect(): Promise<void> {}

  async disconnect(): Promise<void> {}

  on(): () => void {
    return () => undefined
  }

  async subscribe(): Promise<never> {
    throw unanswered('subscriptions')
  }

  async unsubscribe(): Promise<boolean> {
    return true
  }

  /** The result's type is the caller's word, as with every RPC client. */
  async send<T>(method: string, params: unknown[]): Promise<T> {
    this.#requests++
    // SAFETY: as said above.
    return this.#answer(method, params) as T
  }

  #answer(method: string, params: unknown[]): unknown {
    const [first, size, start] = params
    switch (method) {
      case 'system_chain':
      case 'system_name':
        return 'bench'
      case 'system_properties':
        return {}
      case 'chain_getHeader':
        return this.#header()
      case 'state_getStorage':
        return this.#value(String(first))
      case 'state_getKeysPaged':
        return this.#keys(String(first), Number(size), String(start ?? first))
      default:
        throw unanswered(method)
    }
  }

  #header() {
    const { parentHash, number, stateRoot, extrinsicsRoot, digest } = this.#head.header
    return {
      parentHash: toHex(parentHash),
      number: `0x${number.toString(16)}`,
      stateRoot: toHex(stateRoot),
      extrinsicsRoot: toHex(extrinsicsRoot),
      digest: { logs: digest.map(toHex) },
    }
  }

  #value(key: string): Hex | null {
    const value = this.#head.state.get(hexToBinary(key))
    return value === null ? null : toHex(value)
  }

  #keys(prefix: string, size: number, start: string): readonly Hex[] {
    const wanted = hexToBinary(prefix)
    const keys: Hex[] = []
    let key = this.#head.state.nextKey(hexToBinary(start))
    while (keys.length < size && key?.startsWith(wanted)) {
      keys.push(keyToHex(key))
      key = this.#head.state.nextKey(key)
    }
    return keys
  }
}

function unanswered(what: string): DrydockError {
  return new DrydockError(`Chopsticks asked for ${what}, which the benchmark's provider does not answer`, {
    code: 'BENCH_RPC_UNANSWERED',
    kind: 'bug',
    hints: ['Add the method to memoryProvider.ts.'],
  })
}
