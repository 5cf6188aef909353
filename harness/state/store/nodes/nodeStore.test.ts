import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, describe, expect, it } from 'vitest'
import { ChainState, type StateVersion } from '../../chainState.ts'
import { CHILD_ROOT_PREFIX, childPrefix, type StorageKey } from '../../stateView.ts'
import { writeTrieNodes } from '../../trie/trieNodes.ts'
import { createPackedStore } from '../packedStore.ts'
import type { StoreEntry } from '../store.ts'
import { storeLaws } from '../storeLaws.testkit.ts'
import { createNodeStore } from './createNodeStore.ts'
import { NodeCache } from './nodeCache.ts'
import { NodeStore } from './nodeStore.ts'

const folder = mkdtempSync(join(tmpdir(), 'drydock-nodes-'))
const cachePath = join(folder, 'cache')
afterAll(() => rmSync(folder, { recursive: true, force: true }))

storeLaws('node store', (entries) => createNodeStore(entries, { cachePath }))

const keys = fc
  .array(fc.constantFrom('\0', '\x01', '\x10', 'a', '\xff'), { maxLength: 4 })
  .map((parts) => parts.join(''))
const values = fc.oneof(fc.uint8Array({ maxLength: 8 }), fc.uint8Array({ minLength: 30, maxLength: 40 }))
const states = fc.array(fc.tuple(keys, values), { maxLength: 40 })
const updates = fc.array(fc.tuple(keys, fc.option(values)), { maxLength: 12 })

describe('the root after changes, from nodes', () => {
  it('equals that of the whole state, block after block', async () => {
    const law = fc.asyncProperty(states, fc.array(updates, { maxLength: 4 }), async (entries, blocks) => {
      for (const version of [0, 1] as const) {
        const nodes = await createNodeStore(entries, { cachePath, versionOf: () => version })
        let lazy = ChainState.fromStore(nodes)
        let whole = ChainState.fromStore(createPackedStore(entries), version)
        for (const block of blocks) {
          const changes = new Map(block)
          lazy = lazy.with(changes).seal()
          whole = whole.with(changes).seal()
          expect(lazy.stateRoot(version)).toEqual(whole.stateRoot(version))
        }
        nodes.close()
      }
    })
    await fc.assert(law, { seed: 1, numRuns: 40 })
  })

  it('keeps how each value was written: versions 0 and 1 in one state', async () => {
    const law = fc.asyncProperty(states, updates, fc.integer(), async (entries, block, salt) => {
      const versionOf = (key: StorageKey): StateVersion => ((key.length + salt) & 1 ? 1 : 0)
      const nodes = await createNodeStore(entries, { cachePath, versionOf })
      const changes = new Map(block)
      const after = ChainState.fromStore(nodes).with(changes).seal()
      const left = new Map(
        [...new Map(entries)].map(([key, value]) => [key, [value, versionOf(key)] as const]),
      )
      for (const [key, value] of changes) {
        if (value === null) left.delete(key)
        else left.set(key, [value, 1])
      }
      const sorted = [...left]
        .sort(([a], [b]) => (a < b ? -1 : 1))
        .map(([key, [v, n]]) => [key, v, n] as const)
      const expected = writeTrieNodes(sorted, () => undefined)
      if (expected !== null) expect(after.stateRoot(1)).toEqual(expected)
      nodes.close()
    })
    await fc.assert(law, { seed: 2, numRuns: 60 })
  })

  it('reaches into child tries, which the main trie names', async () => {
    const large = new Uint8Array(50).fill(3)
    const child = childPrefix('c')
    const inner: StoreEntry[] = ['a', 'ab', 'b', 'x'].map((key) => [child + key, large])
    const outer: StoreEntry[] = [
      ['k', large],
      ['l', new Uint8Array([1])],
    ]
    const whole = ChainState.fromStore(createPackedStore([...inner, ...outer]), 1)
    const root = whole.trie(1).childRoot('c')
    const nodes = await createNodeStore([...inner, ...outer, [`${CHILD_ROOT_PREFIX}c`, root]], { cachePath })
    const lazy = ChainState.fromStore(nodes)
    expect(lazy.stateRoot(1)).toEqual(whole.stateRoot(1))
    const changes = new Map<StorageKey, Uint8Array | null>([
      [`${child}a`, null],
      [`${child}y`, large],
      ['k', null],
    ])
    expect(lazy.with(changes).seal().stateRoot(1)).toEqual(whole.with(changes).seal().stateRoot(1))
    expect(lazy.get(`${child}ab`)).toEqual(large)
    expect(lazy.nextKey(`${child}ab`)).toBe(`${child}b`)
    nodes.close()
  })
})

describe('a partial trie', () => {
  it('says which key it does not reach, and never takes a missing node for an absent key', async () => {
    const entries = Array.from(
      { length: 300 },
      (_, i): StoreEntry => [`key${i * 7919}`, new Uint8Array(40).fill(i)],
    )
    const whole = await createNodeStore(entries, { cachePath: join(folder, 'whole') })
    const cache = NodeCache.open(join(folder, 'part'))
    const read = new NodeStore({
      cache: NodeCache.open(join(folder, 'whole')),
      root: whole.nodes.root,
      onRead: (_, bytes) => cache.put(bytes),
    })
    expect(read.get('key7919')).toEqual(new Uint8Array(40).fill(1))
    await cache.flush()
    const part = new NodeStore({ cache, root: whole.nodes.root })
    expect(part.get('key7919')).toEqual(new Uint8Array(40).fill(1))
    expect(() => part.get('key15838')).toThrow(
      expect.objectContaining({ code: 'NODE_MISSING', kind: 'environment' }),
    )
    for (const store of [whole, read, part]) store.close()
  })

  it('refuses a node that was damaged on the disk', async () => {
    const path = join(folder, 'damaged')
    const store = await createNodeStore(
      [
        ['a', new Uint8Array(40)],
        ['b', new Uint8Array(40).fill(1)],
      ],
      { cachePath: path },
    )
    const cache = NodeCache.open(path)
    const root = Buffer.from(store.nodes.root).toString('latin1')
    const { open } = await import('lmdb')
    const raw = open<Uint8Array, Uint8Array>({
      path,
      noSubdir: false,
      maxDbs: 1,
      keyEncoding: 'binary',
      encoding: 'binary',
    })
    const bytes = raw.getBinary(Buffer.from(root, 'latin1')) ?? new Uint8Array()
    await raw.put(
      Buffer.from(root, 'latin1'),
      Uint8Array.from(bytes).map((byte, i) => (i === 5 ? byte ^ 1 : byte)),
    )
    cache.refresh()
    expect(cache.get(root)).toBeNull()
    expect(() => new NodeStore({ cache, root: store.nodes.root }).get('a')).toThrow('does not reach')
    store.close()
    await raw.close()
  })
})
