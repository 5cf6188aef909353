import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { bytesToHex } from '../../harness/base/bytes.ts'
import { type Block, genesisHeader, hashHeader } from '../../harness/chain/index.ts'
import { LiveNode, type LiveNodeOptions } from '../../harness/live/liveNode.testkit.ts'
import { openLiveState } from '../../harness/live/liveState.ts'
import { PoolExecutor } from '../../harness/runtime/worker/poolExecutor.ts'
import { ChainState } from '../../harness/state/chainState.ts'
import { createPackedStore } from '../../harness/state/store/packedStore.ts'
import type { StoreEntry } from '../../harness/state/store/store.ts'
import { replayLive } from '../../scenarios/replay/index.ts'
import { RealData } from './realData.ts'
import { kusamaBlock, recordedGenesis, westendBlocks } from './recordedChains.ts'

const data = RealData.open(process.env['DRYDOCK_REAL_DATA'] ?? null)
const { signal } = new AbortController()
const logger = { log: () => undefined }
const folder = mkdtempSync(join(tmpdir(), 'drydock-replay-'))
const executor = new PoolExecutor({ clock: { nowMs: () => performance.now() }, threads: 1 })
afterAll(async () => {
  await executor.close()
  rmSync(folder, { recursive: true, force: true })
})

async function serve(
  chain: { readonly entries: readonly StoreEntry[]; readonly blocks: readonly Block[] },
  options: Partial<LiveNodeOptions> = {},
): Promise<LiveNode> {
  const header = genesisHeader(ChainState.fromStore(createPackedStore(chain.entries)), 0)
  const genesisHash = bytesToHex(hashHeader(header))
  return LiveNode.start({ ...chain, header, genesisHash, stateVersion: 0, ...options })
}

async function replay(url: string, cache: string, last: number) {
  const cachePath = join(folder, cache)
  const limits = { retries: 0, timeoutMs: 5000 }
  const live = await openLiveState({
    urls: [url],
    block: 0,
    genesisHash: null,
    cachePath,
    signal,
    logger,
    ...limits,
  })
  try {
    return await replayLive(live, { executor, last, signal, clock: { nowMs: () => performance.now() } })
  } finally {
    await live.close()
  }
}

const westendReason = data.skipReason('westendGenesis', 'westendBlocks')
describe.skipIf(westendReason !== '')(`Westend 1 to 128, recorded${westendReason}`, () => {
  let chain: { entries: readonly StoreEntry[]; blocks: readonly Block[] }
  beforeAll(async () => {
    chain = { entries: await recordedGenesis(data, 'westendGenesis'), blocks: await westendBlocks(data) }
  })

  it('comes out equal from at most 20 requests, and again from none', { timeout: 120_000 }, async () => {
    const node = await serve(chain)
    const report = await replay(node.url, 'westend', 128)
    expect(report).toMatchObject({ verdict: 'equal', stop: null })
    expect(report.blocks).toHaveLength(128)
    expect(node.requests).toBeLessThanOrEqual(20)
    await node.close()
    const again = await replay(node.url, 'westend', 128)
    expect(again.blocks.map(({ hash }) => hash)).toEqual(report.blocks.map(({ hash }) => hash))
    expect(again.verdict).toBe('equal')
  })

  it('is refused with a byte changed in a proof or a body', { timeout: 120_000 }, async () => {
    const lying = await serve(chain, { vice: 'changes a byte of every node' })
    await expect(replay(lying.url, 'lying', 3)).rejects.toMatchObject({ code: 'LIVE_PROOF' })
    await lying.close()
    const bodies = await serve(chain, { vice: 'changes a byte of every body' })
    await expect(replay(bodies.url, 'bodies', 3)).rejects.toMatchObject({ code: 'LIVE_BODY' })
    await bodies.close()
  })
})

const kusamaReason = data.skipReason('kusamaGenesis', 'kusamaBlock1')
describe.skipIf(kusamaReason !== '')(`Kusama 1, recorded${kusamaReason}`, () => {
  it('comes out equal on its genesis', { timeout: 60_000 }, async () => {
    const entries = await recordedGenesis(data, 'kusamaGenesis')
    const node = await serve({ entries, blocks: [await kusamaBlock(data)] })
    const report = await replay(node.url, 'kusama', 1)
    expect(report).toMatchObject({ verdict: 'equal', stop: null, blocks: [{ number: 1, extrinsics: 2 }] })
    expect(node.requests).toBeLessThanOrEqual(20)
    await node.close()
  })
})
