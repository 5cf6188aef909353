import { bytesToHex } from '../../../harness/base/bytes.ts'
import { DrydockError } from '../../../harness/base/errors.ts'
import type { Logger } from '../../../harness/base/ports.ts'
import { Fork } from '../../../harness/chain/fork.ts'
import { encodeHeader } from '../../../harness/chain/header.ts'
import type { Executor } from '../../../harness/runtime/executor.ts'
import { isEndpoint, writeSnapshot } from '../../../harness/state/sources/index.ts'
import { EXIT_CODE, type ExitCode } from '../../cli/exitCode.ts'
import type { CliIo } from '../../cli/io.ts'
import { readPackageInfo } from '../../cli/packageInfo.ts'
import { createStreamLogger } from '../../cli/streamLogger.ts'
import { type ForkSource, openForkSource } from '../../inputs/openForkSource.ts'
import { withExecutor } from '../../inputs/withExecutor.ts'
import { readLiveChain } from './liveChain.ts'

export interface SnapshotCommandOptions {
  /** An endpoint, a raw chain spec, a snapshot, or `demo`. */
  readonly forkPath: string
  readonly outPath: string
  /** Height to read a live chain at; default: the last finalized block. */
  readonly blockNumber?: number
  /** What block 0 of a live chain must hash to. */
  readonly genesisHash?: string
}

const DEADLINE_MS = 60_000
const PROGRESS_EVERY_MS = 5_000

/**
 * `drydock snapshot`: writes the state of a chain at one block to a file, when its root is that of the block's header. The file
 * appears when it is whole. Throws `DrydockError`; `FORK_STATE_ROOT` when keys are missing or wrong.
 */
export async function snapshotCommand(options: SnapshotCommandOptions, io: CliIo): Promise<ExitCode> {
  const logger = createStreamLogger(io)
  const source = await openSource(options, io, logger)
  try {
    await withExecutor({ deadlineMs: DEADLINE_MS, signal: io.signal }, (executor) =>
      write(options, { source, executor, io }),
    )
    io.signal.throwIfAborted()
    return EXIT_CODE.ready
  } finally {
    source.store.close()
  }
}

function openSource(options: SnapshotCommandOptions, io: CliIo, logger: Logger): Promise<ForkSource> {
  const { forkPath: path } = options
  if (isEndpoint(path)) return openLive(options, io, logger)
  return openForkSource({ path, stateVersion: 'auto', signal: io.signal, logger })
}

async function openLive(
  options: SnapshotCommandOptions,
  { signal }: CliIo,
  logger: Logger,
): Promise<ForkSource> {
  const { forkPath: url, blockNumber, genesisHash } = options
  let nextMs = performance.now() + PROGRESS_EVERY_MS
  const onProgress = (keys: number) => {
    if (performance.now() < nextMs) return
    nextMs += PROGRESS_EVERY_MS
    logger.log('info', `${keys} keys`)
  }
  const which = { ...(blockNumber === undefined ? {} : { blockNumber }) }
  const expected = genesisHash === undefined ? {} : { genesisHash }
  const chain = await readLiveChain({ url, signal, onProgress, ...which, ...expected })
  const { network, header, store } = chain
  logger.log('info', `${network}: ${store.keyCount} keys of block ${header.number}`)
  return { kind: 'snapshot', network, genesisHash: chain.genesisHash, store, header }
}

interface Writing {
  readonly source: ForkSource
  readonly executor: Executor
  readonly io: CliIo
}

async function write({ outPath }: SnapshotCommandOptions, { source, executor, io }: Writing): Promise<void> {
  const { store } = source
  const fork = await Fork.open({
    store,
    executor,
    ...(source.header === null ? {} : { header: source.header }),
  })
  const { version, stateVersion } = await fork.context()
  const { head } = fork
  const stateRoot = bytesToHex(head.state.stateRoot(stateVersion))
  if (stateRoot !== bytesToHex(head.header.stateRoot))
    throw notWhole(head.number, stateRoot, bytesToHex(head.header.stateRoot))
  const manifest = await writeSnapshot(outPath, store, {
    network: source.network,
    genesisHash: source.genesisHash ?? bytesToHex(head.hash),
    blockNumber: head.number,
    blockHash: bytesToHex(head.hash),
    header: bytesToHex(encodeHeader(head.header)),
    stateRoot,
    stateVersion,
    specName: version.specName,
    specVersion: version.specVersion,
    createdAt: new Date().toISOString(),
    toolVersion: readPackageInfo().version,
  })
  io.stdout.write(
    `${outPath}: block ${manifest.blockNumber}, ${manifest.keyCount} keys, state root ${stateRoot}\n`,
  )
}

function notWhole(number: number, stateRoot: string, expected: string): DrydockError {
  return new DrydockError(
    `the state of block ${number} is incomplete: its root is ${stateRoot}, and the header says ${expected}`,
    {
      code: 'FORK_STATE_ROOT',
      kind: 'environment',
      hints: ['Take the snapshot again, or from another endpoint.'],
      details: { stateRoot, expected },
    },
  )
}
