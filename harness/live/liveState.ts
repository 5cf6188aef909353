import { bytesToHex, hexToBinary, utf8ToBytes } from '../base/bytes.ts'
import { DrydockError } from '../base/errors.ts'
import { blake2_256 } from '../base/hash.ts'
import type { Logger } from '../base/ports.ts'
import type { Block } from '../chain/block.ts'
import { decodeHeader, encodeHeader, type Header } from '../chain/header.ts'
import type { StorageKey } from '../state/stateView.ts'
import { NodeCache } from '../state/store/nodes/nodeCache.ts'
import { NodeStore } from '../state/store/nodes/nodeStore.ts'
import type { LiveNodes } from '../state/store/nodes/sharedNodeStore.ts'
import { type BlockChoice, Endpoints, type EndpointsOptions } from './endpoints.ts'
import { readLiveBlocks } from './liveBlocks.ts'
import { startFetcher } from './startFetcher.ts'

export interface OpenLiveStateOptions extends EndpointsOptions {
  readonly block: BlockChoice
  /** Folder of the node cache. */
  readonly cachePath: string
  readonly logger: Logger
  /** Keep the nodes of later states that are computed here, so that these can be opened too. Default: false. */
  readonly keepsNewNodes?: boolean
}

/** The state of one block of a live chain, read as it is needed. */
export interface LiveState {
  readonly genesisHash: string
  /** 0x-hex. */
  readonly blockHash: string
  readonly header: Header
  /** Fetches what it lacks while whoever asks waits. Closing it ends all of this. */
  readonly store: NodeStore
  readonly cache: NodeCache
  /** How stores of this state fetch what they lack. */
  readonly live: LiveNodes
  /** The blocks after `parent`, which is known to be right, up to the height `last`. Errors as `readLiveBlocks`. */
  blocksAfter(parent: Header, last: number): Promise<readonly Block[]>
  close(): Promise<void>
}

/** What has to be known of a block before its state can be read. */
interface KnownBlock {
  readonly genesisHash: string
  readonly hash: string
  readonly header: Header
  /** An endpoint said so in this run. */
  readonly isFresh: boolean
}

/**
 * Opens the state of a block. Nothing but headers is asked for here, and not even these when the block was opened before: what
 * is in the cache needs no endpoint. Throws `LIVE_…` and `RPC_…`, all of kind `environment`.
 */
export async function openLiveState(options: OpenLiveStateOptions): Promise<LiveState> {
  const cache = NodeCache.open(options.cachePath)
  try {
    const endpoints = new Endpoints(options)
    const known = knownBlock(cache, options) ?? (await askForBlock(cache, endpoints, options))
    return await openKnown({ cache, endpoints, known }, options)
  } catch (error) {
    await cache.close()
    throw error
  }
}

interface Opened {
  readonly cache: NodeCache
  readonly endpoints: Endpoints
  readonly known: KnownBlock
}

async function openKnown(opened: Opened, options: OpenLiveStateOptions): Promise<LiveState> {
  const { cache, endpoints, known } = opened
  const { cachePath, timeoutMs, retries, backoffMs, maxBytes, logger } = options
  const { genesisHash, hash, header, isFresh } = known
  const limits = definedOnly({ timeoutMs, retries, backoffMs, maxBytes })
  const fetcher = await startFetcher(
    { urls: endpoints.urls, genesisHash, cachePath, block: hash, areChecked: isFresh, ...limits },
    logger,
  )
  let ended: Promise<void> | null = null
  const end = (): Promise<void> => {
    ended ??= fetcher.close().then(() => cache.close())
    return ended
  }
  const onClose = () => void end()
  const onNewNode = (_: StorageKey, bytes: Uint8Array) => void cache.put(bytes)
  const keeping = options.keepsNewNodes === true ? { onNewNode } : {}
  const store = new NodeStore({ cache, root: header.stateRoot, live: fetcher.live, onClose, ...keeping })
  return {
    genesisHash,
    blockHash: hash,
    header,
    store,
    cache,
    live: fetcher.live,
    blocksAfter: (parent, last) =>
      readLiveBlocks({ cache, endpoints }, { first: parent.number + 1, last, parent, genesisHash }),
    async close() {
      store.close()
      await end()
    },
  }
}

/** From the cache alone; null when it does not say. The last final block is another one each time. */
function knownBlock(cache: NodeCache, options: OpenLiveStateOptions): KnownBlock | null {
  const { block, urls } = options
  if (block === 'finalized') return null
  const genesisHash = options.genesisHash ?? noted(cache, endpointNote(urls[0] ?? ''))
  if (genesisHash === null) return null
  const hash = typeof block === 'number' ? noted(cache, heightNote(genesisHash, block)) : block
  const bytes = hash === null ? null : cache.get(hexToBinary(hash))
  const header = bytes === null ? null : decodeHeader(bytes)
  return hash === null || header === null ? null : { genesisHash, hash, header, isFresh: false }
}

async function askForBlock(
  cache: NodeCache,
  endpoints: Endpoints,
  { block, urls }: OpenLiveStateOptions,
): Promise<KnownBlock> {
  const { genesisHash, hash, header, isFinal } = await endpoints.choose(block)
  if (typeof block === 'number' && header.number !== block) throw otherHeight(block, header.number)
  cache.put(encodeHeader(header))
  for (const url of urls) cache.putNote(endpointNote(url), utf8ToBytes(genesisHash))
  if (isFinal) cache.putNote(heightNote(genesisHash, header.number), utf8ToBytes(hash))
  await cache.flush()
  return { genesisHash, hash, header, isFresh: true }
}

function noted(cache: NodeCache, name: string): string | null {
  const value = cache.note(name)
  return value === null ? null : Buffer.from(value).toString('utf8')
}

/** An address may hold a key, so its hash stands for it. */
function endpointNote(url: string): string {
  return `endpoint ${bytesToHex(blake2_256(utf8ToBytes(url)))}`
}

function heightNote(genesisHash: string, number: number): string {
  return `height ${genesisHash} ${number}`
}

/** Without what is undefined, as exact optional properties want it. */
function definedOnly<T extends Readonly<Record<string, number | undefined>>>(
  values: T,
): { readonly [K in keyof T]?: number } {
  const entries = Object.entries(values).filter(([, value]) => value !== undefined)
  // SAFETY: the entries left are those of `values` that are numbers.
  return Object.fromEntries(entries) as { readonly [K in keyof T]?: number }
}

function otherHeight(asked: number, given: number): DrydockError {
  return new DrydockError(`The endpoint gave block ${given} for block ${asked}.`, {
    code: 'LIVE_HEIGHT',
    kind: 'environment',
    hints: ['The endpoint is broken or dishonest: try another one.'],
  })
}
