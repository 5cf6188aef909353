import type { Worker } from 'node:worker_threads'
import type { Block } from '../chain/block.ts'
import type { Header } from '../chain/header.ts'
import { startThread } from '../runtime/worker/startThread.ts'
import type { StoreEntry } from '../state/store/store.ts'
import type { StateVersion } from '../state/trie/trieNode.ts'
import type { ViceName } from './liveNodeVices.testkit.ts'

export interface LiveNodeOptions {
  /** State of the block that `header` is of; roots of child tries are added. */
  readonly entries: Iterable<StoreEntry>
  readonly header: Header
  readonly genesisHash?: string
  /** Those after `header`. */
  readonly blocks?: readonly Block[]
  readonly vice?: ViceName
  /** Default: 1. */
  readonly stateVersion?: StateVersion
  /** Every second value is written as under state version 0. */
  readonly mixesVersions?: boolean
  /** Before each response. */
  readonly delayMs?: number
}

/** What the thread of a `LiveNode` is started with. */
export interface LiveNodeSetup {
  readonly entries: readonly StoreEntry[]
  readonly header: Header
  readonly genesisHash: string
  readonly blocks: readonly Block[]
  readonly vice: ViceName | null
  readonly stateVersion: StateVersion
  readonly mixesVersions: boolean
  readonly delayMs: number
  /** Counts HTTP requests. */
  readonly requests: SharedArrayBuffer
}

/** A node on loopback, in a thread of its own, that serves a state with proofs, and blocks; it can be told to lie. For tests. */
export class LiveNode {
  readonly url: string
  /** Root of the state that it serves, 32 bytes. */
  readonly stateRoot: Uint8Array
  readonly #thread: Worker
  readonly #requests: Int32Array

  private constructor(
    thread: Worker,
    requests: SharedArrayBuffer,
    start: { url: string; stateRoot: Uint8Array },
  ) {
    this.#thread = thread
    this.#requests = new Int32Array(requests)
    this.url = start.url
    this.stateRoot = start.stateRoot
  }

  static async start(options: LiveNodeOptions): Promise<LiveNode> {
    const requests = new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT)
    const { header, blocks = [], vice = null, stateVersion = 1, mixesVersions = false, delayMs = 0 } = options
    const workerData: LiveNodeSetup = {
      entries: [...options.entries].map(([key, value]) => [key, value.slice()]),
      header,
      genesisHash: options.genesisHash ?? `0x${'00'.repeat(32)}`,
      blocks,
      vice,
      stateVersion,
      mixesVersions,
      delayMs,
      requests,
    }
    const thread = startThread(import.meta.url, 'liveNodeThread.testkit', { workerData })
    const start = await new Promise<{ url: string; stateRoot: Uint8Array }>((resolve, reject) => {
      thread.once('message', resolve)
      thread.once('error', reject)
    })
    return new LiveNode(thread, requests, start)
  }

  /** HTTP requests so far; a batch is one. */
  get requests(): number {
    return Atomics.load(this.#requests, 0)
  }

  async close(): Promise<void> {
    await this.#thread.terminate()
  }
}
