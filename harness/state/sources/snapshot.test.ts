import { createHash } from 'node:crypto'
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { brotliCompressSync, constants } from 'node:zlib'
import fc from 'fast-check'
import { afterAll, describe, expect, it } from 'vitest'
import { childPrefix } from '../stateView.ts'
import { createLmdbStore, lmdbStoreBuilder } from '../store/lmdbStore.ts'
import { createPackedStore } from '../store/packedStore.ts'
import type { StoreEntry } from '../store/store.ts'
import { readSnapshot, readSnapshotManifest, writeSnapshot } from './snapshot.ts'
import type { SnapshotFacts } from './snapshotManifest.ts'

const folder = mkdtempSync(join(tmpdir(), 'drydock-snapshot-'))
const path = join(folder, 'mini.snapshot')
const damaged = join(folder, 'damaged.snapshot')
const hash = (digit: string) => `0x${digit.repeat(64)}`
const facts: SnapshotFacts = {
  network: 'mini',
  genesisHash: hash('a'),
  blockNumber: 7,
  blockHash: hash('b'),
  header: '0x0102',
  stateRoot: hash('c'),
  stateVersion: 1,
  specName: 'node-mini',
  specVersion: 100,
  createdAt: '2024-03-17T00:00:00.000Z',
  toolVersion: '0.1.0',
}
const entries: StoreEntry[] = [
  ['', Uint8Array.from([1])],
  ['a', new Uint8Array()],
  ['ab', Uint8Array.from([2, 3])],
  ['b\xff', new Uint8Array(200).fill(9)],
  [`${childPrefix('c')}k`, Uint8Array.from([4])],
]

afterAll(() => rmSync(folder, { recursive: true, force: true }))

describe('snapshot', () => {
  it('brings the state and the facts back', async () => {
    const store = createPackedStore(entries)
    const written = await writeSnapshot(path, store, facts)
    expect(written).toEqual({ ...facts, keyCount: 5, stateBytes: 218 })
    const read = await readSnapshot(path)
    expect(read.manifest).toEqual(written)
    expect(read.store.id).toBe(store.id)
    expect(await readSnapshotManifest(path)).toEqual(written)
    expect(readdirSync(folder)).toEqual(['mini.snapshot'])
  })

  it('has the same bytes for the same state and facts, from any store, and replaces a file', async () => {
    const first = readFileSync(path)
    await writeSnapshot(path, createPackedStore([...entries].reverse()), { ...facts })
    expect(readFileSync(path).equals(first)).toBe(true)
    const onDisk = await createLmdbStore(join(folder, 'lmdb'), entries)
    await writeSnapshot(path, onDisk, facts)
    onDisk.close()
    expect(readFileSync(path).equals(first)).toBe(true)
  })

  it('fills the store it is given', async () => {
    const { store } = await readSnapshot(path, { builder: lmdbStoreBuilder(join(folder, 'read')) })
    expect([store.share().kind, store.keyCount, store.get('ab')]).toEqual([
      'lmdb',
      5,
      Uint8Array.from([2, 3]),
    ])
    store.close()
  })

  it('takes any state, in many chunks, and values larger than a chunk', async () => {
    const large = Array.from(
      { length: 30 },
      (_, i) => [`large${i}`, new Uint8Array(700_000).map((_, at) => (at * at * (i + 1)) >> 3)] as const,
    )
    const store = createPackedStore([...entries, ...large, ['huge', new Uint8Array(9_000_000)]])
    const many = join(folder, 'many.snapshot')
    await writeSnapshot(many, store, facts)
    const seen: number[] = []
    const read = await readSnapshot(many, { onProgress: ({ bytesRead }) => seen.push(bytesRead) })
    expect([read.store.id, seen.length > 3]).toEqual([store.id, true])
  })

  it('takes every state', async () => {
    const key = fc.uint8Array({ maxLength: 8 }).map((bytes) => Buffer.from(bytes).toString('latin1'))
    const child = fc.tuple(key, key).map(([name, rest]) => childPrefix(name) + rest)
    const states = fc.array(fc.tuple(fc.oneof(key, child), fc.uint8Array({ maxLength: 300 })), {
      maxLength: 40,
    })
    const any = join(folder, 'any.snapshot')
    await fc.assert(
      fc.asyncProperty(states, async (state) => {
        const store = createPackedStore(state)
        await writeSnapshot(any, store, facts)
        expect((await readSnapshot(any)).store.id).toBe(store.id)
      }),
      { seed: 1, numRuns: 40 },
    )
  })

  it('is refused with any byte flipped', async () => {
    const whole = readFileSync(path)
    for (let at = 0; at < whole.length; at++) {
      const flipped = Buffer.from(whole)
      flipped[at] = (flipped[at] ?? 0) ^ (1 << (at % 8))
      writeFileSync(damaged, flipped)
      await expect(readSnapshot(damaged), `byte ${at}`).rejects.toMatchObject({
        code: expect.stringMatching(/^SNAPSHOT_/),
        kind: 'environment',
      })
    }
  })

  it('is refused when cut anywhere, or with bytes behind its end', async () => {
    const whole = readFileSync(path)
    for (let length = 0; length < whole.length; length++) {
      writeFileSync(damaged, whole.subarray(0, length))
      const code = length < 8 ? 'SNAPSHOT_FORMAT' : 'SNAPSHOT_TRUNCATED'
      await expect(readSnapshot(damaged), `${length} bytes`).rejects.toMatchObject({
        code,
        kind: 'environment',
      })
    }
    writeFileSync(damaged, Buffer.concat([whole, Buffer.from([0])]))
    await expect(readSnapshot(damaged)).rejects.toMatchObject({ code: 'SNAPSHOT_CORRUPT' })
  })

  it('names the version it cannot read, and files that are none', async () => {
    const other = Buffer.from(readFileSync(path))
    other[8] = 2
    writeFileSync(damaged, other)
    await expect(readSnapshot(damaged)).rejects.toMatchObject({
      code: 'SNAPSHOT_VERSION',
      message: `${damaged} is a snapshot of format 2; this Drydock reads format 1.`,
    })
    writeFileSync(damaged, '{"name":"a spec"}')
    await expect(readSnapshot(damaged)).rejects.toMatchObject({ code: 'SNAPSHOT_FORMAT' })
    await expect(readSnapshot(join(folder, 'none'))).rejects.toMatchObject({
      code: 'FILE_NOT_FOUND',
      kind: 'usage',
    })
  })

  it('refuses what was forged with right checksums', async () => {
    const chunk = Buffer.from([0, 2, 0, 0x61, 1, 7, 1, 1, 0x62, 1, 8])
    const forged: [string, Record<string, unknown>, Buffer, number][] = [
      ['SNAPSHOT_BOMB', { keyCount: 2, stateBytes: 2 ** 40 }, chunk, chunk.length],
      ['SNAPSHOT_BOMB', { keyCount: 2, stateBytes: 6 }, Buffer.alloc(5_000_000), 11],
      ['SNAPSHOT_CORRUPT', { keyCount: 2, stateBytes: 6 }, Buffer.alloc(5_000_000), 5_000_000],
      ['SNAPSHOT_CORRUPT', { keyCount: 3, stateBytes: 6 }, chunk, chunk.length],
      ['SNAPSHOT_CORRUPT', { keyCount: 2, stateBytes: 7 }, chunk, chunk.length],
      [
        'SNAPSHOT_CORRUPT',
        { keyCount: 2, stateBytes: 6 },
        Buffer.from([0, 2, 0, 0x62, 1, 7, 1, 1, 0x61, 1, 8]),
        11,
      ],
      [
        'SNAPSHOT_CORRUPT',
        { keyCount: 2, stateBytes: 6 },
        Buffer.from([0, 2, 0, 0x61, 1, 7, 1, 1, 0x62, 9, 8]),
        11,
      ],
      [
        'SNAPSHOT_CORRUPT',
        { keyCount: 2, stateBytes: 6 },
        Buffer.from([9, 2, 0, 0x61, 1, 7, 1, 1, 0x62, 1, 8]),
        11,
      ],
      ['SNAPSHOT_CORRUPT', { keyCount: 2, stateBytes: 6, genesisHash: '0x' }, chunk, chunk.length],
    ]
    writeFileSync(damaged, forge({ keyCount: 2, stateBytes: 6 }, chunk, chunk.length))
    expect((await readSnapshot(damaged)).store.get('b')).toEqual(Uint8Array.from([8]))
    for (const [code, manifest, content, length] of forged) {
      writeFileSync(damaged, forge(manifest, content, length))
      await expect(readSnapshot(damaged), JSON.stringify(manifest)).rejects.toMatchObject({
        code,
        kind: 'environment',
      })
    }
  })

  it('leaves nothing half-made', async () => {
    await expect(
      writeSnapshot(join(folder, 'no', 'folder'), createPackedStore(entries), facts),
    ).rejects.toMatchObject({ code: 'SNAPSHOT_UNWRITABLE' })
    const before = readdirSync(folder)
    const store = createPackedStore(entries)
    const failing = {
      ...store,
      range: failingRange,
      id: '',
      keyCount: 0,
      get: () => null,
      nextKey: () => null,
      share: () => store.share(),
      close: () => {},
    }
    await expect(writeSnapshot(join(folder, 'half'), failing, facts)).rejects.toThrow('the store broke')
    await expect(
      writeSnapshot(join(folder, 'half'), store, { ...facts, stateRoot: '0xAB' }),
    ).rejects.toMatchObject({ code: 'SNAPSHOT_MANIFEST' })
    expect(readdirSync(folder)).toEqual(before)
  })

  it('stops on its signal', async () => {
    const signal = AbortSignal.abort(new Error('enough'))
    await expect(readSnapshot(path, { signal })).rejects.toThrow('enough')
  })
})

let ranges = 0
function* failingRange(): Iterable<StoreEntry> {
  yield* entries
  if (ranges++ > 0) throw new Error('the store broke')
}

function forge(manifest: Record<string, unknown>, content: Buffer, length: number): Buffer {
  const head = Buffer.from(JSON.stringify({ ...facts, ...manifest }))
  const stored = brotliCompressSync(content, { params: { [constants.BROTLI_PARAM_QUALITY]: 4 } })
  const start = Buffer.concat([Buffer.from('DRYDOCKS'), pair(1, head.length), head])
  const body = Buffer.concat([
    start,
    sha256(start),
    pair(length, stored.length),
    sha256(stored),
    stored,
    pair(0, 0),
  ])
  return Buffer.concat([body, sha256(body)])
}

function pair(first: number, second: number): Buffer {
  const bytes = Buffer.alloc(8)
  bytes.writeUInt32LE(first, 0)
  bytes.writeUInt32LE(second, 4)
  return bytes
}

function sha256(bytes: Buffer): Buffer {
  return createHash('sha256').update(bytes).digest()
}
