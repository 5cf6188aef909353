/** The laws of the `Store` port, run against each store. */
import { Worker } from 'node:worker_threads'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { CHILD_MARK, childPrefix, type StorageKey } from '../stateView.ts'
import type { SharedStore, Store, StoreEntry } from './store.ts'
import type { StoreBuilder } from './storeBuilder.ts'

/** Makes a store of these entries; called many times. */
type MakeStore = (entries: readonly StoreEntry[]) => Promise<Store> | Store

const PAST_MARK = '\u0101'

const pieces = fc.constantFrom('\0', '\x01', 'a', 'b', '\xfe', '\xff')
const shortKeys = fc.array(pieces, { maxLength: 5 }).map((parts) => parts.join(''))
const longKeys = fc
  .tuple(fc.integer({ min: 1974, max: 1980 }), shortKeys)
  .map(([length, tail]) => 'x'.repeat(length) + tail)
const mainKeys = fc.oneof({ weight: 8, arbitrary: shortKeys }, { weight: 1, arbitrary: longKeys })
const childKeys = fc.tuple(shortKeys, mainKeys).map(([child, key]) => childPrefix(child) + key)
const keys = fc.oneof({ weight: 4, arbitrary: mainKeys }, { weight: 1, arbitrary: childKeys })
const values = fc.oneof(fc.constant(new Uint8Array()), fc.uint8Array({ maxLength: 40 }))
const entryLists = fc.array(fc.tuple(keys, values), { maxLength: 60 })
const oddKeys = fc
  .tuple(shortKeys, fc.constantFrom(CHILD_MARK, PAST_MARK, '\uffff'), shortKeys)
  .map((parts) => parts.join(''))
const sought = fc.array(fc.oneof({ weight: 3, arbitrary: keys }, { weight: 1, arbitrary: oddKeys }), {
  maxLength: 30,
})

/** A builder of one kind of store; called once per test. */
type MakeBuilder = () => StoreBuilder

/** Runs the laws of building entry by entry, which sources rely on. */
export function storeBuilderLaws(name: string, makeBuilder: MakeBuilder): void {
  it(`${name}: copies what it is given, from a Buffer too`, async () => {
    const builder = makeBuilder()
    const reused = Buffer.alloc(1)
    for (let i = 0; i < 3; i++) {
      reused[0] = i
      builder.add(`k${i}`, reused)
    }
    const store = await builder.finish()
    expect(plain(store.range('', null))).toEqual([
      ['k0', [0]],
      ['k1', [1]],
      ['k2', [2]],
    ])
    store.close()
    await builder.abandon()
  })
}

/** Runs the laws against the stores that `make` makes. */
export function storeLaws(name: string, make: MakeStore): void {
  describe(`${name}: laws of a store`, () => {
    edgeLaws(make)
    modelLaws(make)
    sharingLaws(make)
  })
}

function edgeLaws(make: MakeStore): void {
  it('an empty store has nothing', async () => {
    const store = await make([])
    expect([store.get('a'), store.get(''), store.nextKey(''), store.nextKey('a'), store.keyCount]).toEqual([
      null,
      null,
      null,
      null,
      0,
    ])
    expect([...store.range('', null)]).toEqual([])
    store.close()
  })

  it('the empty key is a key', async () => {
    const store = await make([['', bytes(1)]])
    expect(store.get('')).toEqual(bytes(1))
    expect(plain(store.range('', null))).toEqual([['', [1]]])
    expect(store.nextKey('')).toBeNull()
    store.close()
  })

  it('an empty value is present', async () => {
    const store = await make([['a', bytes()]])
    expect(store.get('a')).toEqual(bytes())
    expect(store.get('a')).toEqual(bytes())
    expect(store.get('b')).toBeNull()
    expect(store.get('b')).toBeNull()
    store.close()
  })

  it('keys of child tries follow all main keys and do not mix with them', async () => {
    const child = childPrefix('c\xff')
    const store = await make([
      [`${child}\xff`, bytes(2)],
      ['\xff\xff', bytes(1)],
      [`${childPrefix('c')}z`, bytes(3)],
    ])
    expect(walk(store)).toEqual(['\xff\xff', `${childPrefix('c\xff')}\xff`, `${childPrefix('c')}z`])
    expect(store.get('c\xff\xff')).toBeNull()
    expect(plain(store.range(child, `${child}${CHILD_MARK}`))).toEqual([[`${child}\xff`, [2]]])
    expect(store.nextKey(CHILD_MARK)).toBe(`${child}\xff`)
    store.close()
  })

  it('long keys and large values come back whole', async () => {
    const key = 'k'.repeat(5000)
    const value = new Uint8Array(3_000_000).fill(7)
    const store = await make([
      [key, bytes(1)],
      [`${key}l`, bytes(2)],
      ['k'.repeat(1978), bytes(3)],
      ['l', value],
    ])
    expect([store.get(key), store.get(`${key}l`), store.get(`${key}m`)]).toEqual([bytes(1), bytes(2), null])
    expect(Buffer.compare(store.get('l') ?? bytes(), value)).toBe(0)
    expect(walk(store)).toEqual(['k'.repeat(1978), key, `${key}l`, 'l'])
    store.close()
  })

  it('a range may start and end at a long key, beside a shorter one that it starts with', async () => {
    const stem = 'x'.repeat(1977)
    const store = await make(
      [stem, `${stem}ab`, `${stem}ad`, `${stem}${'c'.repeat(9)}`, 'y'].map((key) => [key, bytes(1)]),
    )
    const keysOf = (start: StorageKey, end: StorageKey | null) =>
      plain(store.range(start, end)).map(([key]) => key)
    expect(keysOf(`${stem}ac`, null)).toEqual([`${stem}ad`, `${stem}${'c'.repeat(9)}`, 'y'])
    expect(keysOf('', `${stem}ac`)).toEqual([stem, `${stem}ab`])
    store.close()
  })

  it('a closed store refuses to answer', async () => {
    const store = await make([['a', bytes(1)]])
    store.get('a')
    store.close()
    store.close()
    expect(() => store.get('a')).toThrow('closed')
    expect(() => store.nextKey('a')).toThrow('closed')
    expect(() => [...store.range('', null)]).toThrow('closed')
  })

  it('a range ends in an error when its store is closed meanwhile', async () => {
    const store = await make(manyEntries(1000))
    const left = store.range('', null)[Symbol.iterator]()
    const running = store.range('', null)[Symbol.iterator]()
    expect([left.next().done, running.next().done]).toEqual([false, false])
    store.close()
    expect(() => running.next()).toThrow('closed')
  })
}

function modelLaws(make: MakeStore): void {
  it('answers as a sorted list of its entries does', async () => {
    await fc.assert(
      fc.asyncProperty(entryLists, sought, async (entries, wanted) => {
        const store = await make(entries)
        const model = sortedEntries(entries)
        expect(store.keyCount).toBe(model.length)
        expect(plain(store.range('', null))).toEqual(plain(model))
        expect(walk(store)).toEqual(model.map(([key]) => key).filter((key) => key !== ''))
        for (const key of [...wanted, ...model.map(([stored]) => stored)]) {
          const stored = model.find(([other]) => other === key)
          expect(store.get(key)).toEqual(stored === undefined ? null : Uint8Array.from(stored[1]))
          expect(store.nextKey(key)).toBe(model.find(([other]) => other > key)?.[0] ?? null)
        }
        const [start = '', end = null] = wanted
        const within = model.filter(([key]) => key >= start && (end === null || key < end))
        expect(plain(store.range(start, end))).toEqual(plain(within))
        store.close()
      }),
      { seed: 1, numRuns: 60 },
    )
  })

  it('walks that take turns do not disturb each other', async () => {
    const store = await make(manyEntries(600))
    const all = walk(store)
    let early: StorageKey | null = ''
    let late: StorageKey | null = all[299] ?? ''
    for (let i = 0; i < 300; i++) {
      early = store.nextKey(early ?? '')
      late = store.nextKey(late ?? '')
      expect([early, late]).toEqual([all[i], all[i + 300]])
    }
    expect(store.nextKey(late ?? '')).toBeNull()
    store.close()
  })

  it('values of a range stay as they were while it goes on', async () => {
    const store = await make(manyEntries(300))
    const held = [...store.range('', null)]
    for (const [key, value] of held) expect(value).toEqual(Uint8Array.from(store.get(key) ?? bytes()))
    store.close()
  })
}

function sharingLaws(make: MakeStore): void {
  it('opens again from what it shares, here and in another thread', async () => {
    const entries = [
      ...manyEntries(50),
      ['y'.repeat(3000), bytes(9)] as const,
      [`${childPrefix('c')}k`, bytes(8)] as const,
    ]
    const store = await make(entries)
    const { openShared } = await import('./openStore.ts')
    const again = openShared(structuredClone(store.share()))
    expect([again.id, again.keyCount, plain(again.range('', null))]).toEqual([
      store.id,
      store.keyCount,
      plain(store.range('', null)),
    ])
    again.close()
    const elsewhere = await Promise.all([readInWorker(store.share()), readInWorker(store.share())])
    const expected = {
      id: store.id,
      keyCount: store.keyCount,
      entries: plain(store.range('', null)),
      walked: walk(store),
    }
    expect(elsewhere).toEqual([expected, expected])
    expect(store.get('y'.repeat(3000))).toEqual(bytes(9))
    store.close()
  })

  it('has the id of its content', async () => {
    const stores = [
      await make([
        ['a', bytes(1)],
        ['b', bytes(2)],
      ]),
      await make([
        ['b', bytes(2)],
        ['a', bytes(1)],
      ]),
    ]
    stores.push(
      await make([
        ['a', bytes(1)],
        ['b', bytes(3)],
      ]),
      await make([
        ['a', bytes(1, 2)],
        ['b', bytes()],
      ]),
    )
    const ids = stores.map((store) => store.id)
    expect(ids[0]).toBe(ids[1])
    expect(new Set(ids).size).toBe(3)
    for (const store of stores) store.close()
  })
}

/** Opens the store in a fresh thread that knows TypeScript, and returns all that it sees. */
async function readInWorker(shared: SharedStore): Promise<unknown> {
  const program = `
    const { parentPort, workerData } = require('node:worker_threads')
    import('tsx/esm/api').then(async ({ register }) => {
      register()
      const { openShared } = await import(workerData.door)
      const store = openShared(workerData.shared)
      const entries = [...store.range('', null)].map(([key, value]) => [key, [...value]])
      const walked = []
      for (let key = store.nextKey(''); key !== null; key = store.nextKey(key)) walked.push(key)
      parentPort.postMessage({ id: store.id, keyCount: store.keyCount, entries, walked })
      store.close()
    })`
  const door = new URL('./openStore.ts', import.meta.url).href
  const worker = new Worker(program, { eval: true, workerData: { door, shared } })
  try {
    return await new Promise((resolve, reject) => {
      worker.once('message', resolve)
      worker.once('error', reject)
      worker.once('exit', (code) => reject(new Error(`the thread ended with ${code} and no answer`)))
    })
  } finally {
    await worker.terminate()
  }
}

function manyEntries(count: number): StoreEntry[] {
  return Array.from({ length: count }, (_, i) => [
    `key${String((i * 7) % count).padStart(6, '0')}`,
    bytes(i & 0xff, i >> 8),
  ])
}

function sortedEntries(entries: readonly StoreEntry[]): StoreEntry[] {
  return [...new Map(entries)].sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))
}

/** Every key after the empty one, by `nextKey`. */
function walk(store: Store): StorageKey[] {
  const found: StorageKey[] = []
  for (let key = store.nextKey(''); key !== null; key = store.nextKey(key)) found.push(key)
  return found
}

function plain(entries: Iterable<StoreEntry>): [StorageKey, number[]][] {
  return [...entries].map(([key, value]) => [key, [...value]])
}

function bytes(...content: number[]): Uint8Array {
  return Uint8Array.from(content)
}
