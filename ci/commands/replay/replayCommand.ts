import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DrydockError } from '../../../harness/base/errors.ts'
import { isWitnessFolder, openLiveState } from '../../../harness/live/index.ts'
import { parseRuntimeBlob } from '../../../harness/runtime/blob/index.ts'
import { NodeCache } from '../../../harness/state/store/nodes/nodeCache.ts'
import { renderJson } from '../../../reports/index.ts'
import {
  type ReplayForkOptions,
  type ReplayReport,
  replayLive,
  replayWitnesses,
} from '../../../scenarios/replay/index.ts'
import { EXIT_CODE, type ExitCode } from '../../cli/exitCode.ts'
import type { CliIo } from '../../cli/io.ts'
import { createStreamLogger } from '../../cli/streamLogger.ts'
import { nodeCachePath, notLive, parseLiveSource } from '../../inputs/liveSource.ts'
import { readRuntime } from '../../inputs/readRuntime.ts'
import { withExecutor } from '../../inputs/withExecutor.ts'
import type { BlockSpan } from './blockSpan.ts'
import { replayText } from './replayText.ts'

export interface ReplayCommandOptions {
  readonly fork: string
  readonly blocks?: BlockSpan
  readonly runtime?: string
  readonly saveWitness?: string
  readonly cache?: string
  readonly genesis?: string
  readonly instructions?: true
  readonly json?: true
}

const DEADLINE_MS = 60_000
const PROGRESS_BLOCKS = 100
const EXIT_OF = {
  equal: EXIT_CODE.ready,
  unequal: EXIT_CODE.notReady,
  regression: EXIT_CODE.notReady,
  incomplete: EXIT_CODE.inconclusive,
} as const

/** `drydock replay`. Throws `DrydockError`; of kind `environment` when blocks or state cannot be fetched. */
export async function replayCommand(options: ReplayCommandOptions, io: CliIo): Promise<ExitCode> {
  const { runtime, instructions, json } = options
  const candidate = runtime === undefined ? {} : { candidate: parseRuntimeBlob(await readRuntime(runtime)) }
  const logger = createStreamLogger(io)
  let count = 0
  const onBlock = ({ number }: { readonly number: number }) => {
    if (++count % PROGRESS_BLOCKS === 0) logger.log('info', `${count} blocks, up to ${number}`)
  }
  const report = await withExecutor({ deadlineMs: DEADLINE_MS, signal: io.signal, threads: 1 }, (executor) =>
    replay(options, io, {
      executor,
      signal: io.signal,
      countsInstructions: instructions === true,
      onBlock,
      ...candidate,
    }),
  )
  io.stdout.write(json === true ? renderJson(report) : replayText(report))
  return EXIT_OF[report.verdict]
}

function replay(options: ReplayCommandOptions, io: CliIo, common: ReplayForkOptions): Promise<ReplayReport> {
  const source = parseLiveSource(options.fork)
  if (source !== null) return replayChain(options, io, common)
  if (isWitnessFolder(options.fork)) return replayFolder(options, common)
  throw notLive()
}

async function replayChain(
  options: ReplayCommandOptions,
  io: CliIo,
  common: ReplayForkOptions,
): Promise<ReplayReport> {
  const { fork, blocks, saveWitness, genesis, cache: cachePath = nodeCachePath(io.env) } = options
  const source = parseLiveSource(fork)
  if (source === null) throw notLive()
  if (blocks === undefined) throw noBlocks()
  const live = await openLiveState({
    urls: source.urls,
    genesisHash: genesis ?? source.genesisHash,
    block: blocks.first - 1,
    cachePath,
    signal: io.signal,
    logger: createStreamLogger(io),
    keepsNewNodes: saveWitness !== undefined,
  })
  try {
    const clock = { nowMs: () => performance.now() }
    const saving = saveWitness === undefined ? {} : { witnessFolder: saveWitness }
    return await replayLive(live, { ...common, ...saving, last: blocks.last, clock })
  } finally {
    await live.close()
  }
}

/** On a cache of its own, so that the folder alone decides what is known. */
async function replayFolder(
  { fork }: ReplayCommandOptions,
  common: ReplayForkOptions,
): Promise<ReplayReport> {
  const folder = await mkdtemp(join(tmpdir(), 'drydock-witnesses-'))
  const cache = NodeCache.open(folder)
  try {
    return await replayWitnesses(fork, cache, common)
  } finally {
    await cache.close()
    await rm(folder, { recursive: true, force: true })
  }
}

function noBlocks(): DrydockError {
  return new DrydockError('a live chain is replayed over a range of blocks, and none is given', {
    code: 'REPLAY_NO_BLOCKS',
    kind: 'usage',
    hints: ['Add --blocks FIRST..LAST.'],
  })
}
