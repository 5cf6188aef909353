import { expect, it } from 'vitest'
import { concatBytes, utf8ToBytes } from '../../../harness/base/bytes.ts'
import { encodeBytes, encodeCompact } from '../../../harness/codec/scale.ts'
import { isLastUpgradeTo } from './lastUpgrade.ts'

it('reads version and name from the bytes, whatever the metadata calls them', () => {
  const stored = concatBytes(encodeCompact(1), encodeBytes(utf8ToBytes('shibuya')))
  const version = { specVersion: 1, specName: 'shibuya' }
  expect(isLastUpgradeTo(stored, version)).toBe(true)
  expect(isLastUpgradeTo(stored, { ...version, specVersion: 2 })).toBe(false)
  expect(isLastUpgradeTo(stored, { ...version, specName: 'shiden' })).toBe(false)
  expect(isLastUpgradeTo(stored.subarray(0, 3), version)).toBe(false)
  expect(isLastUpgradeTo(new Uint8Array(), version)).toBe(false)
})
