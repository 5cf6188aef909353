import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { bytesToHex, utf8ToBytes } from '../../../harness/base/bytes.ts'
import type { ChainHead } from '../../../harness/chain/block.ts'
import { genesisHead } from '../../../harness/chain/build/genesis.ts'
import { ChainState } from '../../../harness/state/chainState.ts'
import { readSnapshot } from '../../../harness/state/sources/index.ts'
import { CHILD_ROOT_PREFIX, childPrefix } from '../../../harness/state/stateView.ts'
import { createPackedStore } from '../../../harness/state/store/packedStore.ts'
import type { Store } from '../../../harness/state/store/store.ts'
import { openDemoChain } from '../../../scenarios/demo/chain/index.ts'
import type { CliIo } from '../../cli/io.ts'
import { readLiveChain } from './liveChain.ts'
import { snapshotCommand } from './snapshotCommand.ts'
import { TestNode, type TestNodeOptions } from './testNode.testkit.ts'

const CHILD = 'crowdloan'
let store: Store
let head: ChainHead
let folder = ''
const nodes: TestNode[] = []

beforeAll(async () => {
  const demo = await openDemoChain({ accounts: 1_500, subnets: 3, uids: 24 })
  const child = childPrefix(CHILD)
  const children = ['a', 'b', 'c'].map((key) => [child + key, utf8ToBytes(`value of ${key}`)] as const)
  const childOnly = ChainState.fromStore(createPackedStore([...demo.store.range('', null), ...children]), 1)
  // A child trie's root stands in the main trie; the trie of a state computes it.
  const root = childOnly.trie(1).childRoot(CHILD)
  const entries = [...demo.store.range('', null), [CHILD_ROOT_PREFIX + CHILD, root] as const, ...children]
  store = createPackedStore(entries)
  head = genesisHead(ChainState.fromStore(store, 1), 1)
  folder = mkdtempSync(join(tmpdir(), 'drydock-live-'))
}, 60_000)
afterEach(async () => {
  for (const node of nodes.splice(0)) await node.close()
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

async function node(options: Partial<TestNodeOptions> = {}): Promise<TestNode> {
  const { header, hash } = head
  const started = await TestNode.start({ store, header, blockHash: bytesToHex(hash), ...options })
  nodes.push(started)
  return started
}

function read(url: string) {
  return readLiveChain({ url, signal: new AbortController().signal, backoffMs: 1 })
}

describe('readLiveChain', () => {
  it('reads every key, child tries too, so that the root is that of the header', async () => {
    const chain = await read((await node()).url)
    expect(chain.store.keyCount).toBe(store.keyCount)
    expect([...chain.store.range('', null)]).toEqual([...store.range('', null)])
    expect(ChainState.fromStore(chain.store).stateRoot(1)).toEqual(head.header.stateRoot)
    expect(chain).toMatchObject({ network: 'Test', blockHash: bytesToHex(head.hash) })
    chain.store.close()
  })

  it('asks again when the node is busy, and gives up in the end', async () => {
    const chain = await read((await node({ statuses: [503, 429, 200, 500] })).url)
    expect(chain.store.keyCount).toBe(store.keyCount)
    chain.store.close()
    const busy = await node({ statuses: Array<number>(100).fill(503) })
    await expect(read(busy.url)).rejects.toMatchObject({ code: 'RPC_UNREACHABLE', kind: 'environment' })
  })

  it('asks for less when a node finds a request too large', async () => {
    const small = await node({
      instead: {
        state_queryStorageAt: ([keys], pass) => {
          if (Array.isArray(keys) && keys.length > 100) throw new Error('response is too big')
          return pass()
        },
      },
    })
    const chain = await read(small.url)
    expect(chain.store.keyCount).toBe(store.keyCount)
    chain.store.close()
  })

  it.each<[string, string, TestNodeOptions['instead']]>([
    ['keys out of order', 'RPC_STATE', { state_getKeysPaged: (_, pass) => listFrom(pass()).reverse() }],
    ['keys that were not asked for', 'RPC_STATE', { state_getKeysPaged: () => ['0xffff', '0x00'] }],
    ['more keys than asked for', 'RPC_STATE', { state_getKeysPaged: () => Array(1_001).fill('0x00') }],
    ['values missing', 'RPC_STATE', { state_queryStorageAt: () => [{ changes: [] }] }],
    ['values that are none', 'RPC_STATE', { state_queryStorageAt: () => 'nothing' }],
    [
      'another header',
      'RPC_HEADER',
      { chain_getHeader: (_, pass) => ({ ...Object(pass()), number: '0x7' }) },
    ],
    ['no header', 'RPC_HEADER', { chain_getHeader: () => null }],
    ['no such block', 'RPC_NO_BLOCK', { chain_getFinalizedHead: () => 'pruned' }],
  ])('refuses %s', async (_name, code, instead) => {
    const { url } = await node({ ...(instead === undefined ? {} : { instead }) })
    await expect(read(url)).rejects.toMatchObject({ code })
  })

  it('follows no redirect, and does not show what may be secret in an address', async () => {
    const moved = await node({ statuses: Array<number>(100).fill(302) })
    const secret = `${moved.url.replace('http://', 'http://user:pass@')}/?key=canary`
    const error: unknown = await read(secret).catch((thrown: unknown) => thrown)
    expect(error).toMatchObject({ code: 'RPC_UNREACHABLE' })
    expect(String(error)).not.toMatch(/canary|pass/)
    expect(JSON.stringify(error)).not.toMatch(/canary|pass/)
  })

  it('refuses another chain', async () => {
    const { url } = await node()
    const { signal } = new AbortController()
    const genesisHash = `0x${'00'.repeat(32)}`
    await expect(readLiveChain({ url, signal, genesisHash })).rejects.toMatchObject({
      code: 'RPC_OTHER_CHAIN',
    })
  })
})

describe('drydock snapshot', () => {
  it('writes a snapshot that reads back, from an endpoint', async () => {
    const outPath = join(folder, 'live.snapshot')
    const written: string[] = []
    const forkPath = (await node()).url
    expect(await snapshotCommand({ forkPath, outPath }, ioTo(written))).toBe(0)
    expect(written.join('')).toContain(`block 0, ${store.keyCount} keys`)
    const snapshot = await readSnapshot(outPath)
    expect(snapshot.manifest).toMatchObject({ network: 'Test', stateRoot: bytesToHex(head.header.stateRoot) })
    snapshot.store.close()
  })

  it('writes nothing when a key is left out', async () => {
    const outPath = join(folder, 'holes.snapshot')
    const holes = await node({
      instead: { state_getKeysPaged: (_, pass) => listFrom(pass()).filter((_key, i) => i !== 700) },
    })
    await expect(snapshotCommand({ forkPath: holes.url, outPath }, ioTo([]))).rejects.toMatchObject({
      code: 'FORK_STATE_ROOT',
      kind: 'environment',
    })
    expect(readdirSync(folder)).not.toContain('holes.snapshot')
  })
})

function ioTo(stdout: string[]): CliIo {
  const silent = { write: () => {}, isTerminal: false }
  const { signal } = new AbortController()
  return {
    stdout: { write: (text) => void stdout.push(text), isTerminal: false },
    stderr: silent,
    env: {},
    signal,
  }
}

function listFrom(value: unknown): unknown[] {
  return Array.isArray(value) ? value : []
}
