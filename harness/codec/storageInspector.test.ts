import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { bytesToBinary, utf8ToBytes } from '../base/bytes.ts'
import { twox128 } from '../base/hash.ts'
import { publishedCodec } from './metadata/metadataFixture.testkit.ts'
import { chainValueArbitrary } from './shape/chainValueArbitrary.testkit.ts'
import { STORAGE_VERSION_ITEM } from './storageCodec.ts'
import { createStorageInspector } from './storageInspector.ts'

describe.each(['v13', 'assetHubV15', 'v16'] as const)('a storage inspector of %s', (name) => {
  const codec = publishedCodec(name)
  const inspector = createStorageInspector(codec.metadata)
  const items = [...codec.items()].flatMap((item) => {
    const parts = item.keys.map((type) => chainValueArbitrary(codec.metadata.types, type))
    return parts.every((part) => part !== null) ? [{ item, keys: fc.tuple(...parts) }] : []
  })
  const sample = fc
    .constantFrom(...items)
    .chain(({ item, keys }) =>
      fc.tuple(fc.constant(item), keys, fc.uint8Array({ maxLength: 60 }), fc.integer({ min: -3, max: 3 })),
    )

  it('finds the item of a key and tells whether it is one, and what of a value is left, as decoding does', () => {
    fc.assert(
      fc.property(sample, ([{ pallet, item }, args, value, change]) => {
        const whole = codec.storageKey(pallet, item, ...args)
        const key = change > 0 ? whole + bytesToBinary(value.subarray(0, change)) : cut(whole, change)
        const found = inspector.find(key)
        expect(found).toMatchObject({ pallet, item })
        expect(found?.isKey(key)).toBe(codec.describeKey(key)?.kind === 'item')
        const decoded = codec.decodeValue(pallet, item, value)
        expect(found?.bytesLeft(value)).toBe(decoded.kind === 'value' ? decoded.remaining : -1)
      }),
      { seed: 3, numRuns: 1_000 },
    )
  })

  it('knows nothing of other keys, and of a storage version only whose it is', () => {
    expect(inspector.find(':code')).toBeNull()
    expect(inspector.find('x'.repeat(40))).toBeNull()
    const pallet = codec.storagePrefix('System', 'Number').slice(0, 16)
    const version = pallet + bytesToBinary(twox128(utf8ToBytes(STORAGE_VERSION_ITEM)))
    expect(inspector.find(version)).toMatchObject({
      pallet: 'System',
      item: STORAGE_VERSION_ITEM,
      entry: null,
    })
  })
})

function cut(key: string, change: number): string {
  return key.length + change < 32 || change === 0 ? key : key.slice(0, change)
}
