import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { bytesToHex } from '../../harness/base/bytes.ts'
import { openLiveState } from '../../harness/live/index.ts'
import { LiveNode } from '../../harness/live/liveNode.testkit.ts'
import { parseRuntimeBlob } from '../../harness/runtime/blob/index.ts'
import { WorkerExecutor } from '../../harness/runtime/worker/workerExecutor.ts'
import { NodeCache } from '../../harness/state/store/nodes/nodeCache.ts'
import { demoRuntime } from '../demo/chain/index.ts'
import { replayLive, replayWitnesses } from './replayFork.ts'
import type { ReplayReport } from './replayReport.ts'
import { buildTrafficChain, type TrafficChain } from './trafficChain.testkit.ts'

const clock = { nowMs: () => performance.now() }
const executor = new WorkerExecutor({ clock })
const { signal } = new AbortController()
const logger = { log: () => undefined }
const folder = mkdtempSync(join(tmpdir(), 'drydock-replay-'))
const witnessFolder = join(folder, 'witnesses')
const candidate = parseRuntimeBlob(demoRuntime('no-origin-check'))
let chain: TrafficChain
let live: ReplayReport

beforeAll(async () => {
  chain = await buildTrafficChain(executor, 6)
  const { store, genesis, blocks } = chain
  const genesisHash = bytesToHex(genesis.hash)
  const node = await LiveNode.start({
    entries: store.range('', null),
    header: genesis.header,
    genesisHash,
    blocks,
  })
  const cachePath = join(folder, 'cache')
  const options = { urls: [node.url], block: 0, genesisHash: null, cachePath, signal, logger } as const
  const state = await openLiveState({ ...options, keepsNewNodes: true })
  const counted = { countsInstructions: true, candidate, signal, executor }
  live = await replayLive(state, { ...counted, last: 6, witnessFolder, clock })
  await state.close()
  await node.close()
}, 120_000)
afterAll(async () => {
  await executor.close()
  rmSync(folder, { recursive: true, force: true })
})

async function offline(name: string, options: { candidate?: typeof candidate } = {}): Promise<ReplayReport> {
  const cache = NodeCache.open(join(folder, name))
  try {
    return await replayWitnesses(witnessFolder, cache, {
      executor,
      signal,
      countsInstructions: true,
      ...options,
    })
  } finally {
    await cache.close()
  }
}

const exact = ({ blocks }: ReplayReport) => blocks.map(({ wallMs, ...rest }) => rest)

describe('a chain with traffic, served on loopback', () => {
  it('replays equal, and names the first extrinsic of a faulty candidate', () => {
    expect(live.stop).toBeNull()
    expect(live.blocks.map(({ hash }) => hash)).toHaveLength(6)
    const first = live.candidate?.differences.find(({ kind }) => kind === 'regression')
    expect(first).toMatchObject({
      block: 2,
      phase: 'extrinsic 3',
      call: expect.stringContaining('sudo_set_tempo'),
    })
  })

  it('leaves witnesses that replay to the same without the node, on another cache', async () => {
    const again = await offline('other')
    expect(again.verdict).toBe('equal')
    expect(exact(again)).toEqual(exact(live))
    const sizes = readdirSync(witnessFolder).filter((name) => name.endsWith('.witness'))
    for (const name of sizes) expect(statSync(join(witnessFolder, name)).size).toBeLessThan(200_000)
    expect(readdirSync(witnessFolder).filter((name) => name.endsWith('.node')).length).toBeLessThanOrEqual(2)
  })

  it('follows a candidate from witnesses as far as they reach, and says which key is missing', async () => {
    const again = await offline('candidate', { candidate })
    expect(again.candidate?.stop?.kind).toBe('incomplete')
    expect(again.candidate?.stop?.message).toMatch(/does not reach to the key 0x/)
    expect(again.verdict).toBe('incomplete')
  })

  it('refuses a witness with a byte changed anywhere', async () => {
    const path = join(witnessFolder, 'block-0000000003.witness')
    const bytes = readFileSync(path)
    for (const at of [0, 8, 20, 200, bytes.length >> 1, bytes.length - 1]) {
      const changed = Uint8Array.from(bytes)
      changed[at] = (changed[at] ?? 0) ^ 1
      writeFileSync(path, changed)
      await expect(offline('changed')).rejects.toMatchObject({ code: expect.stringMatching(/^WITNESS_/) })
    }
    writeFileSync(path, bytes.subarray(0, -1))
    await expect(offline('changed')).rejects.toMatchObject({ code: 'WITNESS_CORRUPT' })
    writeFileSync(path, bytes)
  })
})
