import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, it } from 'vitest'
import { createLmdbStore, lmdbStoreBuilder, openLmdbStore } from './lmdbStore.ts'
import { storeBuilderLaws, storeLaws } from './storeLaws.testkit.ts'

const folder = mkdtempSync(join(tmpdir(), 'drydock-lmdb-'))
const one = Uint8Array.from([1])
let made = 0
const nextPath = () => join(folder, `store-${made++}`)

afterAll(() => rmSync(folder, { recursive: true, force: true }))

storeBuilderLaws('LMDB store', () => lmdbStoreBuilder(nextPath()))
storeLaws('LMDB store', (entries) => createLmdbStore(nextPath(), entries))

it('is at its path only when it is whole', async () => {
  const path = nextPath()
  const builder = lmdbStoreBuilder(path)
  builder.add('a', one)
  expect(namesOf(path)).not.toContain(path)
  await builder.abandon()
  expect(namesOf(path)).toEqual([])
  function* failing() {
    yield ['a', one] as const
    throw new Error('the source broke')
  }
  await expect(createLmdbStore(path, failing())).rejects.toThrow('the source broke')
  expect(namesOf(path)).toEqual([])
})

it('does not touch a store that is there', async () => {
  const path = nextPath()
  const store = await createLmdbStore(path, [['a', one]])
  await expect(createLmdbStore(path, [])).rejects.toMatchObject({ code: 'STORE_PATH_EXISTS', kind: 'usage' })
  expect(store.get('a')).toEqual(one)
  store.close()
})

it('opens by path alone, or by id', async () => {
  const path = nextPath()
  const store = await createLmdbStore(path, [['a', one]])
  store.close()
  const again = openLmdbStore({ path })
  expect(again.get('a')).toEqual(one)
  expect(() => openLmdbStore({ path, id: 'lmdb:0' })).toThrow(`is ${again.id}, not lmdb:0`)
  expect(again.get('b')).toBeNull()
  again.close()
})

it('says what is wrong with a path, before the database sees it', async () => {
  const missing = nextPath()
  expect(() => openLmdbStore({ path: missing })).toThrow(expect.objectContaining({ code: 'STORE_NOT_FOUND' }))
  const plainFile = nextPath()
  writeFileSync(plainFile, 'no store')
  expect(() => openLmdbStore({ path: plainFile })).toThrow(
    expect.objectContaining({ code: 'STORE_UNREADABLE' }),
  )
  const blocked = join(plainFile, 'below a file')
  await expect(createLmdbStore(blocked, [])).rejects.toMatchObject({
    code: 'STORE_UNWRITABLE',
    kind: 'environment',
  })
})

it('refuses a database that was cut or changed at its head', async () => {
  const path = nextPath()
  const store = await createLmdbStore(path, [['a', new Uint8Array(50_000)]])
  store.close()
  const data = join(path, 'data.mdb')
  const whole = readFileSync(data)
  const damages = [
    whole.subarray(0, whole.length - 1),
    whole.subarray(0, 100),
    Buffer.alloc(whole.length),
    Buffer.alloc(0),
  ]
  for (const damaged of damages) {
    writeFileSync(data, damaged)
    expect(() => openLmdbStore({ path })).toThrow(
      expect.objectContaining({ code: 'STORE_CORRUPT', kind: 'environment' }),
    )
  }
  writeFileSync(data, whole)
  for (const manifest of ['', '{}', '{"format":2}', 'null']) {
    writeFileSync(join(path, 'manifest.json'), manifest)
    expect(() => openLmdbStore({ path })).toThrow(expect.objectContaining({ code: 'STORE_CORRUPT' }))
  }
})

function namesOf(path: string): string[] {
  return readdirSync(folder)
    .map((name) => join(folder, name))
    .filter((name) => name.startsWith(`${path}.`) || name === path)
}
