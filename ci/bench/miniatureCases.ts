import { fileURLToPath } from 'node:url'
import { buildGenesis } from '../../harness/chain/build/genesisBuilder.ts'
import { parseRuntimeBlob, type RuntimeBlob, readRuntimeBytes } from '../../harness/runtime/blob/index.ts'
import type { Store } from '../../harness/state/store/store.ts'
import { epochState, ranEpochs } from '../../scenarios/chains/subtensor/epochState.ts'
import type { BenchCase } from './benchCase.ts'
import type { OurExecutors } from './benchChain.ts'
import { blockCase } from './blockCase.ts'
import { callCase } from './callCase.ts'
import { upgradeCase } from './upgradeCase.ts'

/** V8 goes on compiling for some hundred blocks of half a millisecond. */
export const EMPTY_BLOCK = { perRound: 100, rounds: 5, warmUpRounds: 3 }

/** The heavy block of issue and table: two subnets whose epochs fall into one block. */
export const TWO_EPOCHS = { netuids: [1, 3], neurons: 256, validators: 64 } as const

const BLOBS = new URL('../../scenarios/demo/runtime/blobs/', import.meta.url)

/** Cases on the miniature runtime of the repository, which need nothing else. */
export function miniatureCases(executors: OurExecutors): readonly BenchCase[] {
  const chain = { executors, store: () => developmentGenesis(executors) }
  const heavyChain = {
    ...chain,
    prepare: (codec: Parameters<typeof epochState>[0]) => epochState(codec, TWO_EPOCHS),
  }
  return [
    callCase({ ...chain, name: 'miniature: Core_version', entryPoint: 'Core_version' }),
    callCase({ ...chain, name: 'miniature: metadata', entryPoint: 'Metadata_metadata' }),
    blockCase({ ...chain, ...EMPTY_BLOCK, name: 'miniature: empty block' }),
    blockCase({
      ...heavyChain,
      name: 'miniature: two epochs',
      perRound: 15,
      counts: (changes) => ranEpochs(changes, TWO_EPOCHS),
    }),
    upgradeCase({
      ...heavyChain,
      name: 'miniature: upgrade v1 to v2',
      candidate: () => readMiniature('v2'),
      rounds: 3,
      withGenesisFile: true,
    }),
  ]
}

/** A runtime of the miniature, by its name in `manifest.json`. */
export async function readMiniature(name: 'v1' | 'v2'): Promise<RuntimeBlob> {
  const path = fileURLToPath(new URL(`${name}.compact.compressed.wasm`, BLOBS))
  return parseRuntimeBlob(await readRuntimeBytes(path))
}

/** The miniature's genesis, of its own development preset. */
export async function developmentGenesis({ thread }: Pick<OurExecutors, 'thread'>): Promise<Store> {
  const runtime = { executor: thread, blob: await readMiniature('v1'), callOptions: {} }
  const genesis = await buildGenesis(runtime, { preset: 'development' })
  if (genesis.kind === 'failed') throw new Error(genesis.message)
  return genesis.value
}
