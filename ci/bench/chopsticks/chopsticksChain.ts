import type { Blockchain } from '@acala-network/chopsticks'
import { bytesToHex, hexToBinary, hexToBytes } from '../../../harness/base/bytes.ts'
import type { ChainHead } from '../../../harness/chain/block.ts'
import { CODE_KEY } from '../../../harness/chain/plainKey.ts'
import type { ChainState } from '../../../harness/state/chainState.ts'
import type { Changes, StorageKey } from '../../../harness/state/stateView.ts'
import { type Hex, keyToHex, toHex } from './hex.ts'
import { loadChopsticks } from './loadChopsticks.ts'
import { MemoryProvider } from './memoryProvider.ts'

/** Of every chain: signatures accepted, nothing logged, blocks only when asked for, no database. */
const SETTINGS = { mockSignatureHost: true, allowUnresolvedImports: true, runtimeLogLevel: 0 } as const
/** What `newBlock` comes to when nothing is pending. Unlike that, this throws when the block fails. */
const NOTHING = { transactions: [], downwardMessages: [], upwardMessages: {}, horizontalMessages: {} }

export interface TimedBlock {
  readonly number: number
  readonly tookMs: number
  /** What it asked of `MemoryProvider`, each a round trip to a real endpoint. */
  readonly requests: number
  changes(): Promise<Changes>
}

/**
 * A chain in Chopsticks, as its users have it: `Blockchain.newBlock` with its storage layers and caches, its own inherents
 * and its thread for the executor. Without state roots, which Chopsticks does not compute.
 */
export class ChopsticksChain {
  readonly #chain: Blockchain
  readonly #provider: MemoryProvider | null

  private constructor(chain: Blockchain, provider: MemoryProvider | null) {
    this.#chain = chain
    this.#provider = provider
  }

  /** Goes on after `head`, whose state it asks `MemoryProvider` for: the shortest way that it can have to a state. */
  static async atHead(head: ChainHead): Promise<ChopsticksChain> {
    const { Api, Blockchain, BuildBlockMode, inherentProviders } = await loadChopsticks()
    const provider = new MemoryProvider(head)
    const chain = new Blockchain({
      ...SETTINGS,
      api: new Api(provider),
      buildBlockMode: BuildBlockMode.Manual,
      inherentProviders,
      header: { hash: toHex(head.hash), number: head.number },
      registeredTypes: {},
    })
    return new ChopsticksChain(chain, provider)
  }

  /**
   * From a genesis state with its own `GenesisProvider`, as `chopsticks --genesis` does with a raw chain spec; it has built
   * block 1. That provider looks through all keys for each next key.
   */
  static async fromGenesis(state: ChainState): Promise<ChopsticksChain> {
    const { BuildBlockMode, GenesisProvider, setup } = await loadChopsticks()
    const top: Record<Hex, Hex> = {}
    for (const key of state.keysWithPrefix('')) top[keyToHex(key)] = toHex(state.get(key) ?? new Uint8Array())
    const genesis = new GenesisProvider({
      id: 'bench',
      name: 'bench',
      properties: {},
      genesis: { raw: { top } },
    })
    const chain = await setup({
      ...SETTINGS,
      genesis,
      buildBlockMode: BuildBlockMode.Manual,
      registeredTypes: {},
    })
    return new ChopsticksChain(chain, null)
  }

  /** Puts a runtime into the head's state, as `dev_setStorage` does, and has its metadata read; the next block is its first. */
  async setCode(code: Uint8Array): Promise<void> {
    const { setStorage } = await loadChopsticks()
    await setStorage(this.#chain, [[keyToHex(CODE_KEY), bytesToHex(code)]])
    await this.#chain.head.meta
  }

  /** Throws when the block cannot be built. */
  async newBlock(): Promise<TimedBlock> {
    const asked = this.#provider?.requests ?? 0
    const startMs = performance.now()
    const block = await this.#chain.newBlockWithParams(NOTHING)
    const tookMs = performance.now() - startMs
    const requests = (this.#provider?.requests ?? 0) - asked
    const changes = async () => toChanges(await block.storageDiff())
    return { number: block.number, tookMs, requests, changes }
  }

  /** Milliseconds of a runtime call on the head's state; throws when it fails. */
  async callMs(entryPoint: string): Promise<number> {
    const startMs = performance.now()
    await this.#chain.head.call(entryPoint, [])
    return performance.now() - startMs
  }
}

function toChanges(diff: Readonly<Record<string, string | null>>): Changes {
  const changes = new Map<StorageKey, Uint8Array | null>()
  for (const [key, value] of Object.entries(diff)) {
    changes.set(hexToBinary(key), value === null ? null : hexToBytes(value))
  }
  return changes
}
