import { open } from 'node:fs/promises'
import { bytesToHex, hexToBytes } from '../../harness/base/bytes.ts'
import { DrydockError } from '../../harness/base/errors.ts'
import type { Logger } from '../../harness/base/ports.ts'
import { genesisHeader } from '../../harness/chain/build/genesis.ts'
import { decodeHeader, type Header } from '../../harness/chain/header.ts'
import { ChainState, type StateVersion } from '../../harness/state/chainState.ts'
import { readRawChainSpec } from '../../harness/state/sources/chainSpec.ts'
import { readSnapshot } from '../../harness/state/sources/snapshot.ts'
import type { Store } from '../../harness/state/store/store.ts'
import { type LiveSource, networkName, nodeCachePath, parseLiveSource } from './liveSource.ts'

/** The state to fork from, and what is known of it. */
export interface ForkSource {
  readonly kind: 'rawChainSpec' | 'snapshot' | 'demo' | 'live'
  /** As the source calls it. */
  readonly network: string
  /** Null when it follows from the state: the source holds a genesis state. */
  readonly genesisHash: string | null
  /** The caller's to close. */
  readonly store: Store
  /** Of the block whose state it is; null when it follows from the state and the runtime's own state version. */
  readonly header: Header | null
}

export interface OpenForkSourceOptions {
  /** A file, `demo`, or a live chain: see `parseLiveSource`. */
  readonly path: string
  /** `auto`: as the runtime in the state says. */
  readonly stateVersion: 'auto' | StateVersion
  /** Of the demo chain; of no other source. */
  readonly seed?: number
  /** Folder of the node cache for live chains. */
  readonly cachePath?: string
  readonly signal: AbortSignal
  readonly logger: Logger
}

const SNAPSHOT_MAGIC = 'DRYDOCKS'
/** What `--fork` calls the embedded chain; a file of that name is `./demo`. */
const DEMO_FORK = 'demo'

/**
 * Reads the state that `--fork` names: a raw chain spec, a snapshot, or `demo`. Throws `DrydockError` for a file that holds no state, and
 * `FORK_STATE_ROOT` for a snapshot whose state is not the one that its header commits to.
 */
export async function openForkSource(options: OpenForkSourceOptions): Promise<ForkSource> {
  const { path, logger, seed } = options
  if (seed !== undefined && path !== DEMO_FORK) throw seedWithoutDemo(path)
  const live = parseLiveSource(path)
  if (live !== null) return openLive(live, options)
  const source = await (path === DEMO_FORK ? openDemo(options) : openFile(options))
  logger.log('info', `${source.network}: ${source.store.keyCount} keys`)
  return source
}

/** The state is read as it is needed; the cache and the thread that fetches end with the store. */
async function openLive(
  { urls, genesisHash: expected, block }: LiveSource,
  { cachePath = nodeCachePath({}), signal, logger }: OpenForkSourceOptions,
): Promise<ForkSource> {
  const { openLiveState } = await import('../../harness/live/index.ts')
  const state = await openLiveState({ urls, genesisHash: expected, block, cachePath, signal, logger })
  const { genesisHash, header, store } = state
  logger.log('info', `block ${header.number} of a live chain: its state is fetched as it is needed`)
  return { kind: 'live', network: networkName(genesisHash), genesisHash, store, header }
}

async function openDemo({ stateVersion, logger, seed, signal }: OpenForkSourceOptions): Promise<ForkSource> {
  logger.log('info', 'making the demo chain')
  const { openDemoChain } = await import('../../scenarios/demo/chain/index.ts')
  const { network, store } = await openDemoChain(seed === undefined ? {} : { seed }, signal)
  return { kind: 'demo', network, genesisHash: null, store, header: headerOf(store, stateVersion) }
}

async function openFile(options: OpenForkSourceOptions): Promise<ForkSource> {
  const { path, logger } = options
  const start = await readStart(path)
  logger.log('info', `reading the state from ${path}`)
  return start === SNAPSHOT_MAGIC ? openSnapshot(options) : openChainSpec(options)
}

/** Of a genesis state, when its layout is given. */
function headerOf(store: Store, stateVersion: 'auto' | StateVersion): Header | null {
  return stateVersion === 'auto' ? null : genesisHeader(ChainState.fromStore(store), stateVersion)
}

async function openChainSpec({ path, stateVersion, signal }: OpenForkSourceOptions): Promise<ForkSource> {
  const { name, store } = await readRawChainSpec(path, { signal })
  const header = headerOf(store, stateVersion)
  return { kind: 'rawChainSpec', network: name, genesisHash: null, store, header }
}

async function openSnapshot({ path, stateVersion, signal }: OpenForkSourceOptions): Promise<ForkSource> {
  const { manifest, store } = await readSnapshot(path, { signal })
  const version = stateVersion === 'auto' ? manifest.stateVersion : stateVersion
  const stateRoot = bytesToHex(ChainState.fromStore(store).stateRoot(version))
  const header = manifest.header === null ? null : decodeHeader(hexToBytes(manifest.header))
  const expected = header === null ? manifest.stateRoot : bytesToHex(header.stateRoot)
  if (stateRoot === expected)
    return { kind: 'snapshot', network: manifest.network, genesisHash: manifest.genesisHash, store, header }
  store.close()
  throw new DrydockError(
    `the state in ${path} is not complete: its root is ${stateRoot}, and block ${manifest.blockNumber} has ${expected}`,
    {
      code: 'FORK_STATE_ROOT',
      kind: 'environment',
      hints: [
        'Take the snapshot again.',
        'If it was taken with another state version, give it with --state-version.',
      ],
      details: { path, stateRoot, expected, stateVersion: version },
    },
  )
}

/** The first bytes, as text. Tells a mistyped path from a disk that fails. */
async function readStart(path: string): Promise<string> {
  const file = await open(path).catch(() => null)
  try {
    const status = (await file?.stat()) ?? null
    if (file === null || status === null || !status.isFile()) {
      throw unreadable(
        path,
        status === null ? 'the file does not exist or is not readable' : 'it is not a regular file',
      )
    }
    const { bytesRead, buffer } = await file.read(Buffer.alloc(SNAPSHOT_MAGIC.length))
    return buffer.toString('latin1', 0, bytesRead)
  } finally {
    await file?.close()
  }
}

function seedWithoutDemo(path: string): DrydockError {
  return new DrydockError('a seed makes a different demo chain, and the fork is not the demo chain', {
    code: 'FORK_SEED',
    kind: 'usage',
    hints: ['Leave --seed out, or use --fork demo.'],
    details: { path },
  })
}

function unreadable(path: string, reason: string): DrydockError {
  return new DrydockError(`cannot read the state from ${path}: ${reason}`, {
    code: 'FORK_SOURCE_UNREADABLE',
    kind: 'usage',
    hints: ['Give the path of a raw chain spec (.json or .json.gz) or of a snapshot, or demo.'],
    details: { path },
  })
}
