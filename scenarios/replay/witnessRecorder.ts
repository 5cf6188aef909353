import { DrydockError } from '../../harness/base/errors.ts'
import type { Clock } from '../../harness/base/ports.ts'
import {
  type Block,
  type ChainHead,
  createHead,
  outcomeText,
  RuntimeCache,
} from '../../harness/chain/index.ts'
import { writeWitness } from '../../harness/live/witness/index.ts'
import { V8Executor } from '../../harness/runtime/v8/v8Executor.ts'
import { ChainState } from '../../harness/state/chainState.ts'
import type { StorageKey } from '../../harness/state/stateView.ts'
import type { NodeCache } from '../../harness/state/store/nodes/nodeCache.ts'
import { NodeStore } from '../../harness/state/store/nodes/nodeStore.ts'
import type { LiveNodes } from '../../harness/state/store/nodes/sharedNodeStore.ts'
import { runPhases } from './phasedBlock.ts'
import { executeRealBlock } from './realBlock.ts'
import { replayRuntime } from './replayRuntime.ts'

export interface WitnessRecorderOptions {
  /** Where the files go. */
  readonly folder: string
  readonly genesisHash: Uint8Array
  /** Has the nodes of every parent: those fetched, and those of states that the replay computed. */
  readonly cache: NodeCache
  readonly live: LiveNodes | null
  readonly clock: Clock
}

/**
 * Writes the witnesses of blocks that were replayed already: executes each once more, in this thread, over a store that tells of
 * every node that is read.
 */
export class WitnessRecorder {
  readonly #options: WitnessRecorderOptions
  readonly #executor: V8Executor
  readonly #catalog: RuntimeCache

  constructor(options: WitnessRecorderOptions) {
    this.#options = options
    this.#executor = new V8Executor({ clock: options.clock })
    this.#catalog = new RuntimeCache(this.#executor)
  }

  /** Path of the file. Throws `WITNESS_UNWRITABLE`, and `WITNESS_UNEQUAL` when the block comes out differently than before. */
  async record({ header: parent }: ChainHead, block: Block): Promise<string> {
    const { cache, live, folder, genesisHash } = this.#options
    const nodes = new Map<StorageKey, Uint8Array>()
    await cache.flush()
    cache.refresh()
    const onRead = (hash: StorageKey, bytes: Uint8Array) => void nodes.set(hash, bytes)
    const store = new NodeStore({ cache, root: parent.stateRoot, live, onRead })
    try {
      await this.#execute(createHead(parent, ChainState.fromStore(store)), block)
    } finally {
      store.close()
    }
    return writeWitness(folder, { genesisHash, parent, block, nodes: nodes.values() })
  }

  close(): Promise<void> {
    return this.#executor.close()
  }

  async #execute(parent: ChainHead, block: Block): Promise<void> {
    const runtime = await replayRuntime(this.#catalog, parent.state)
    if (runtime.kind === 'failed') throw unequal(block, runtime.message)
    const result = await executeRealBlock(runtime.value, parent, block)
    if (result.kind === 'unequal') {
      throw unequal(block, result.outcome === null ? result.why : outcomeText(result.outcome))
    }
    // A candidate is compared phase by phase, which reads a little more.
    if (runtime.value.context !== null) await runPhases(runtime.value.context, parent.state, block)
  }
}

function unequal({ header }: Block, why: string): DrydockError {
  return new DrydockError(`Block ${header.number} came out equal once and not when it was recorded: ${why}`, {
    code: 'WITNESS_UNEQUAL',
    kind: 'bug',
  })
}
