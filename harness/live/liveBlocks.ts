import { bytesToHex, isEqualBytes } from '../base/bytes.ts'
import { DrydockError } from '../base/errors.ts'
import { type Block, decodeBlock, encodeBlock } from '../chain/block.ts'
import { type Header, hashHeader } from '../chain/header.ts'
import type { NodeCache } from '../state/store/nodes/nodeCache.ts'
import { orderedTrieRoot } from '../state/trie/trieRoot.ts'
import type { Endpoints } from './endpoints.ts'

/** A run of blocks to read. */
export interface BlockRange {
  readonly first: number
  readonly last: number
  /** Of the block before the first, which is known to be right. */
  readonly parent: Header
  /** Of the chain, 0x-hex. */
  readonly genesisHash: string
}

/** Where blocks come from: the cache, then endpoints. */
export interface BlockSource {
  readonly cache: NodeCache
  readonly endpoints: Endpoints
}

/**
 * Reads blocks that follow one another from `parent` on, each with the body that its header commits to. Throws `RPC_…`;
 * `LIVE_BODY` for another body; `LIVE_FORKED` when the blocks do not follow one another: a reorganisation, or an endpoint
 * that makes them up.
 */
export async function readLiveBlocks(source: BlockSource, range: BlockRange): Promise<readonly Block[]> {
  const { cache } = source
  const numbers = Array.from({ length: range.last - range.first + 1 }, (_, i) => range.first + i)
  const cached = new Map<number, Block>()
  for (const number of numbers) {
    const block = cachedBlock(cache, range.genesisHash, number)
    if (block !== null) cached.set(number, block)
  }
  const missing = numbers.filter((number) => !cached.has(number))
  const fetched = await fetchBlocks(source, missing)
  const blocks = numbers.map((number) => cached.get(number) ?? fetched.get(number))
  const chain = checkChain(blocks, range)
  for (const number of missing) {
    const block = fetched.get(number)
    if (block !== undefined) cache.putNote(bodyNote(range.genesisHash, number), encodeBlock(block))
  }
  await cache.flush()
  return chain
}

async function fetchBlocks(
  { endpoints }: BlockSource,
  numbers: readonly number[],
): Promise<ReadonlyMap<number, Block>> {
  if (numbers.length === 0) return new Map()
  const blocks = await endpoints.ask(async (rpc) => {
    const hashes = await rpc.hashesOf(numbers)
    const absent = hashes.indexOf(null)
    if (absent !== -1) throw noBlock(rpc.label, numbers[absent] ?? 0)
    const answers = await rpc.blocks(hashes.filter((hash) => hash !== null))
    for (const block of answers) if (!hasOwnBody(block)) throw wrongBody(rpc.label, block)
    return answers
  })
  return new Map(blocks.map((block) => [block.header.number, block]))
}

function checkChain(blocks: readonly (Block | undefined)[], { first, parent }: BlockRange): readonly Block[] {
  let hash = hashHeader(parent)
  return blocks.map((block, i) => {
    if (block === undefined || !isEqualBytes(block.header.parentHash, hash)) throw forked(first + i)
    hash = hashHeader(block.header)
    return block
  })
}

/** Roots of extrinsics are of the state version that the runtime then had, which is not known here. */
function hasOwnBody({ header, extrinsics }: Block): boolean {
  return ([0, 1] as const).some((version) =>
    isEqualBytes(orderedTrieRoot(extrinsics, version), header.extrinsicsRoot),
  )
}

/** Null when it is missing or was damaged. */
function cachedBlock(cache: NodeCache, genesisHash: string, number: number): Block | null {
  const bytes = cache.note(bodyNote(genesisHash, number))
  const block = bytes === null ? null : decodeBlock(bytes)
  return block !== null && block.header.number === number && hasOwnBody(block) ? block : null
}

function bodyNote(genesisHash: string, number: number): string {
  return `block ${genesisHash} ${number}`
}

function noBlock(endpoint: string, number: number): DrydockError {
  return new DrydockError(`${endpoint} does not have block ${number}`, {
    code: 'LIVE_BEHIND',
    kind: 'environment',
    hints: ['Ask for blocks that exist already; the endpoint may be behind the chain.'],
    details: { endpoint, number },
  })
}

function wrongBody(endpoint: string, { header }: Block): DrydockError {
  return new DrydockError(
    `${endpoint} gave block ${header.number} (${bytesToHex(hashHeader(header))}) with other extrinsics than its header commits to`,
    {
      code: 'LIVE_BODY',
      kind: 'environment',
      hints: ['The endpoint is broken or dishonest: try another one.'],
      details: { endpoint },
    },
  )
}

function forked(number: number): DrydockError {
  return new DrydockError(`Block ${number} does not follow the block before it.`, {
    code: 'LIVE_FORKED',
    kind: 'environment',
    hints: [
      'The chain was reorganised meanwhile, or the endpoint makes blocks up: replay blocks that are final.',
    ],
    details: { number },
  })
}
