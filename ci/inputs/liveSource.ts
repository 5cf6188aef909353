import { homedir } from 'node:os'
import { join } from 'node:path'
import { DrydockError } from '../../harness/base/errors.ts'
import { type BlockChoice, findNetwork, NETWORKS } from '../../harness/live/index.ts'
import { isEndpoint } from '../../harness/state/sources/jsonRpc.ts'

/** A live chain as `--fork` names it. */
export interface LiveSource {
  readonly urls: readonly string[]
  /** Null when any chain will do. */
  readonly genesisHash: string | null
  /** The block after the `@`; the last final one without it. */
  readonly block: BlockChoice
}

const BLOCK_SUFFIX = /@(\d{1,10}|0x[0-9a-fA-F]{64})$/

/** Reads `NAME[@block]` or endpoints separated by commas, `[@block]`; null for what is meant as a file. */
export function parseLiveSource(text: string): LiveSource | null {
  const suffix = BLOCK_SUFFIX.exec(text)
  const block = toBlock(suffix?.[1])
  const name = suffix === null ? text : text.slice(0, suffix.index)
  const network = findNetwork(name)
  if (network !== null) return { urls: network.endpoints, genesisHash: network.genesisHash, block }
  const urls = name.split(',')
  return urls.every(isEndpoint) ? { urls, genesisHash: null, block } : null
}

function toBlock(text: string | undefined): BlockChoice {
  if (text === undefined) return 'finalized'
  return text.startsWith('0x') ? text.toLowerCase() : Number(text)
}

/** Where nodes of live chains are kept: `$XDG_CACHE_HOME/drydock/nodes`, or in `.cache` of the home folder. */
export function nodeCachePath(env: Readonly<Record<string, string | undefined>>): string {
  const base = env['XDG_CACHE_HOME']
  return join(base === undefined || base === '' ? join(homedir(), '.cache') : base, 'drydock', 'nodes')
}

/** What the chain is called; its genesis hash when it is none that is known. */
export function networkName(genesisHash: string): string {
  return NETWORKS.find((network) => network.genesisHash === genesisHash)?.name ?? genesisHash
}

/** What of a source may be shown and written: endpoints without what may be a key. */
export function sourceLabel(text: string): string {
  const live = parseLiveSource(text)
  if (live === null || !live.urls.some((url) => text.includes(url))) return text
  const suffix = live.block === 'finalized' ? '' : `@${live.block}`
  return `${live.urls.map(endpointLabel).join(',')}${suffix}`
}

function endpointLabel(url: string): string {
  return URL.canParse(url) ? `${new URL(url).protocol}//${new URL(url).host}` : 'an endpoint'
}

/** For a source that has to be a live chain and is not. */
export function notLive(): DrydockError {
  const names = NETWORKS.map(({ name }) => name).join(', ')
  return new DrydockError('the fork is not a live chain and not a folder of witnesses', {
    code: 'FORK_NOT_LIVE',
    kind: 'usage',
    hints: [`Give an endpoint (wss://… or https://…), a folder of witnesses, or one of: ${names}.`],
  })
}
