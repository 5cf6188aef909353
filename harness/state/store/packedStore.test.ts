import { expect, it } from 'vitest'
import { DrydockError } from '../../base/errors.ts'
import { createPackedStore, openPackedStore, packedStoreBuilder } from './packedStore.ts'
import { storeBuilderLaws, storeLaws } from './storeLaws.testkit.ts'

const one = Uint8Array.from([1])

storeLaws('packed store', createPackedStore)
storeBuilderLaws('packed store', packedStoreBuilder)
storeLaws('packed store, built entry by entry', async (entries) => {
  const builder = packedStoreBuilder()
  for (const [key, value] of entries) builder.add(key, value)
  return await builder.finish()
})

it('shares the image itself, not a copy', () => {
  const store = createPackedStore([['a', one]])
  const shared = store.share()
  expect(shared.kind === 'packed' && store.get('a')?.buffer === shared.buffer).toBe(true)
})

it('sorts many entries in any order and keeps the last of equal keys', () => {
  const count = 20_000
  const entries = Array.from({ length: count }, (_, i) => {
    const number = (i * 7919) % (count / 2)
    return [`p${number}`, Uint8Array.from([i & 0xff, i >> 8])] as const
  })
  const store = createPackedStore(entries)
  const model = new Map(entries)
  expect(store.keyCount).toBe(count / 2)
  for (const [key, value] of model) expect(store.get(key)).toEqual(value)
  expect([...store.range('', null)].map(([key]) => key)).toEqual([...model.keys()].sort())
})

it('refuses a key that no chain can have', () => {
  for (const key of ['a\u0100', '\u0101', '\u0100a\u0102'])
    expect(() => createPackedStore([[key, one]])).toThrow(DrydockError)
  expect(() => createPackedStore([['a\u0100', one]])).toThrowErrorMatchingInlineSnapshot(
    `[DrydockError: A storage key has a character that is not a byte: "aĀ", 2 characters long.]`,
  )
})

it('refuses a buffer that holds no store', () => {
  for (const buffer of [new SharedArrayBuffer(0), new SharedArrayBuffer(256)])
    expect(() => openPackedStore({ kind: 'packed', id: 'x', buffer })).toThrow('holds no packed store')
})
