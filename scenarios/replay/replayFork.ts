import { hexToBytes } from '../../harness/base/bytes.ts'
import type { Clock } from '../../harness/base/ports.ts'
import { createHead, type Header, RuntimeCache } from '../../harness/chain/index.ts'
import type { LiveState } from '../../harness/live/index.ts'
import { readWitnesses } from '../../harness/live/index.ts'
import type { RuntimeBlob } from '../../harness/runtime/blob/index.ts'
import type { Executor } from '../../harness/runtime/executor.ts'
import { ChainState } from '../../harness/state/chainState.ts'
import type { NodeCache } from '../../harness/state/store/nodes/nodeCache.ts'
import { NodeStore } from '../../harness/state/store/nodes/nodeStore.ts'
import { replayBlocks } from './replayBlocks.ts'
import type { ReplayedBlock, ReplayReport } from './replayReport.ts'
import { WitnessRecorder } from './witnessRecorder.ts'

export interface ReplayForkOptions {
  readonly executor: Executor
  readonly candidate?: RuntimeBlob
  readonly countsInstructions?: boolean
  readonly signal: AbortSignal
  onBlock?(block: ReplayedBlock): void
}

export interface ReplayLiveOptions extends ReplayForkOptions {
  /** Height of the last block; the first is the one after that of the live state. */
  readonly last: number
  /** Folder for witnesses. The live state has to keep new nodes (`keepsNewNodes`). Default: none are written. */
  readonly witnessFolder?: string
  readonly clock: Clock
}

/** Blocks read at once. */
const CHUNK = 256

/** Replays the blocks after a live state. Errors as `replayBlocks` and `WitnessRecorder.record`. */
export async function replayLive(live: LiveState, options: ReplayLiveOptions): Promise<ReplayReport> {
  const { witnessFolder: folder, clock, last, onBlock, executor, ...rest } = options
  const { cache, genesisHash, live: nodes, header } = live
  const recorder =
    folder === undefined
      ? null
      : new WitnessRecorder({ folder, genesisHash: hexToBytes(genesisHash), cache, live: nodes, clock })
  try {
    return await replayBlocks({
      ...rest,
      catalog: new RuntimeCache(executor),
      parent: createHead(header, ChainState.fromStore(live.store)),
      blocks: liveBlocks(live, last),
      async onBlock(done, { parent, block }) {
        await recorder?.record(parent, block)
        onBlock?.(done)
      },
    })
  } finally {
    await recorder?.close()
  }
}

async function* liveBlocks(live: LiveState, last: number) {
  let parent = live.header
  while (parent.number < last) {
    const blocks = await live.blocksAfter(parent, Math.min(last, parent.number + CHUNK))
    for (const block of blocks) {
      yield block
      parent = block.header
    }
  }
}

/**
 * Replays the witnesses of a folder, whose nodes go into `cache`. State that they do not have comes from nowhere: a candidate is
 * followed as far as they reach. Errors as `readWitnesses`.
 */
export async function replayWitnesses(
  folder: string,
  cache: NodeCache,
  options: ReplayForkOptions,
): Promise<ReplayReport> {
  const { executor, onBlock, ...rest } = options
  const { parent, blocks } = await readWitnesses(folder, cache)
  const stores: NodeStore[] = []
  const stateAfter = ({ stateRoot }: Header): ChainState => {
    const store = new NodeStore({ cache, root: stateRoot })
    stores.push(store)
    return ChainState.fromStore(store)
  }
  try {
    return await replayBlocks({
      ...rest,
      catalog: new RuntimeCache(executor),
      parent: createHead(parent, stateAfter(parent)),
      blocks,
      stateAfter,
      onBlock: (done) => onBlock?.(done),
    })
  } finally {
    for (const store of stores) store.close()
  }
}
