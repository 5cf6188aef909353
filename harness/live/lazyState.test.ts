import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { type Header, hashHeader, zeroHash } from '../chain/header.ts'
import { ChainState } from '../state/chainState.ts'
import { childPrefix } from '../state/stateView.ts'
import { createPackedStore } from '../state/store/packedStore.ts'
import type { StoreEntry } from '../state/store/store.ts'
import { LiveNode, type LiveNodeOptions } from './liveNode.testkit.ts'
import type { ViceName } from './liveNodeVices.testkit.ts'
import { type LiveState, openLiveState } from './liveState.ts'

const folder = mkdtempSync(join(tmpdir(), 'drydock-live-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))
const signal = new AbortController().signal
const logger = { log: () => undefined }
let caches = 0

const ENTRIES: readonly StoreEntry[] = [
  ...Array.from(
    { length: 400 },
    (_, i): StoreEntry => [
      `pallet of 16 b..${i < 40 ? 'small map of 16b' : 'large map of 16b'}${String((i * 7919) % 400).padStart(8, '0')}`,
      new Uint8Array(i % 3 === 0 ? 50 : 9).fill(i),
    ],
  ),
  [':code', new Uint8Array(2000).fill(7)],
  [`${childPrefix('c')}a`, new Uint8Array(40).fill(1)],
  [`${childPrefix('c')}b`, new Uint8Array(40).fill(2)],
]
const whole = ChainState.fromStore(createPackedStore(ENTRIES), 1)
const header: Header = {
  parentHash: zeroHash(),
  number: 7,
  stateRoot: whole.stateRoot(1),
  extrinsicsRoot: zeroHash(),
  digest: [],
}
const GENESIS = `0x${'11'.repeat(32)}`

async function withNode<T>(
  options: Partial<LiveNodeOptions>,
  use: (node: LiveNode) => Promise<T>,
): Promise<T> {
  const node = await LiveNode.start({ entries: ENTRIES, header, genesisHash: GENESIS, ...options })
  try {
    return await use(node)
  } finally {
    await node.close()
  }
}

function open(urls: readonly string[], cachePath = join(folder, `cache${caches++}`)): Promise<LiveState> {
  const limits = { timeoutMs: 500, retries: 1, backoffMs: 5, maxBytes: 1_000_000 }
  return openLiveState({ urls, block: 7, genesisHash: GENESIS, cachePath, signal, logger, ...limits })
}

describe('a lazy fork', () => {
  it('reads what the whole state reads, from proofs alone, and nothing again from the cache', async () => {
    const cachePath = join(folder, 'again')
    const read = (state: ChainState) => [
      ...state.keysWithPrefix('pallet of 16 b..small'),
      state.get('pallet of 16 b..large map of 16b00000007'),
      state.get('pallet of 16 b..large map of 16b0000000x'),
      state.get(`${childPrefix('c')}b`),
      state.nextKey(`${childPrefix('c')}a`),
      state
        .with(new Map([['pallet of 16 b..large map of 16b00000007', null]]))
        .seal()
        .stateRoot(1),
    ]
    let url = ''
    await withNode({}, async (node) => {
      url = node.url
      const live = await open([url], cachePath)
      expect(read(ChainState.fromStore(live.store))).toEqual(read(whole))
      const asked = node.requests
      expect(asked).toBeLessThanOrEqual(16)
      expect(read(ChainState.fromStore(live.store))).toEqual(read(whole))
      expect(node.requests).toBe(asked)
      await live.close()
    })
    const offline = await open([url], cachePath)
    expect(read(ChainState.fromStore(offline.store))).toEqual(read(whole))
    await offline.close()
  })

  it('walks a large map in pages that grow', async () => {
    await withNode({}, async (node) => {
      const live = await open([node.url])
      const keys = [...ChainState.fromStore(live.store).keysWithPrefix('pallet of')]
      expect(keys).toEqual([...whole.keysWithPrefix('pallet of')])
      expect(node.requests).toBeLessThanOrEqual(12)
      await live.close()
    })
  })

  it('reads values of both state versions', async () => {
    const probe = await LiveNode.start({ entries: ENTRIES, header, mixesVersions: true })
    const { stateRoot } = probe
    await probe.close()
    expect(stateRoot).not.toEqual(header.stateRoot)
    await withNode({ mixesVersions: true, header: { ...header, stateRoot } }, async (node) => {
      const live = await open([node.url])
      const state = ChainState.fromStore(live.store)
      for (const [key, value] of ENTRIES) expect(state.get(key)).toEqual(value)
      expect(state.stateRoot(1)).toEqual(stateRoot)
      await live.close()
    })
  })
})

const KEY = 'pallet of 16 b..large map of 16b00000007'

describe('an endpoint that is not to be believed', () => {
  it.each<[ViceName, string]>([
    ['changes a byte of every node', 'LIVE_PROOF'],
    ['leaves nodes out', 'LIVE_PROOF'],
    ['gives no proof', 'LIVE_PROOF'],
    ['gives no hex', 'RPC_SHAPE'],
    ['gives another shape', 'RPC_SHAPE'],
    ['has no proofs', 'RPC_REFUSED'],
    ['answers with a gigabyte', 'RPC_REFUSED'],
    ['drips', 'RPC_UNREACHABLE'],
    ['says 429 forever', 'RPC_UNREACHABLE'],
    ['cuts the answer', 'RPC_UNREACHABLE'],
    ['hangs up', 'RPC_UNREACHABLE'],
  ])('that %s is refused by name, and the key is not taken for absent', async (vice, code) => {
    await withNode({ vice }, async (node) => {
      const live = await open([node.url])
      expect(() => live.store.get(KEY)).toThrow(expect.objectContaining({ code, kind: 'environment' }))
      await live.close()
    })
  })

  it.each<ViceName>(['gives nodes backwards and twice', 'lists no keys', 'says 429 once'])(
    'that %s does no harm',
    async (vice) => {
      await withNode({ vice }, async (node) => {
        const live = await open([node.url])
        expect(live.store.get(KEY)).toEqual(whole.get(KEY))
        await live.close()
      })
    },
  )

  it.each<[string, Partial<LiveNodeOptions>, string]>([
    ['of another chain', { genesisHash: `0x${'22'.repeat(32)}` }, 'another chain'],
    ['behind', { header: { ...header, number: 6 } }, 'does not have block 7'],
    ['with another header', { vice: 'gives another header' }, 'not that of block'],
  ])('%s is left out, and named when no other is left', async (_, options, message) => {
    await withNode(options, async (bad) => {
      const named = expect.objectContaining({
        code: 'LIVE_NO_ENDPOINT',
        message: expect.stringContaining(message),
      })
      await expect(open([bad.url])).rejects.toThrow(named)
      await withNode({}, async (good) => {
        const live = await open([bad.url, good.url])
        const asked = bad.requests
        expect(live.store.get(KEY)).toEqual(whole.get(KEY))
        expect(bad.requests).toBe(asked)
        await live.close()
      })
    })
  })

  it('is met by asking the next one', async () => {
    await withNode({ vice: 'gives no proof' }, (bad) =>
      withNode({}, async (good) => {
        const live = await open([bad.url, good.url])
        expect(live.store.get(KEY)).toEqual(whole.get(KEY))
        await live.close()
      }),
    )
  })

  it('has another block at that height than a second one: neither is used', async () => {
    await withNode({}, (one) =>
      withNode({ header: { ...header, parentHash: hashHeader(header) } }, async (two) => {
        await expect(open([one.url, two.url])).rejects.toMatchObject({ code: 'LIVE_DISAGREE' })
      }),
    )
  })

  it('never has its address with a key in a message', async () => {
    const secret = 'canary0123456789'
    const failure = await open([`http://user:${secret}@127.0.0.1:9/?key=${secret}`]).catch(
      (error: Error) => error,
    )
    expect(String(failure)).toContain('127.0.0.1:9')
    expect(JSON.stringify([String(failure), failure])).not.toContain(secret)
  })
})
