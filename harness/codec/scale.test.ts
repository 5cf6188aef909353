import { compactToU8a } from '@polkadot/util'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { concatBytes } from '../base/bytes.ts'
import {
  decodeBytes,
  decodeCompact,
  decodeUint,
  encodeBytes,
  encodeCompact,
  encodeOptionBytes,
  encodeUint,
  readU32,
} from './scale.ts'

/** Integers of every compact length, and the borders between them. */
const U32 = fc.oneof(
  fc.constantFrom(0, 63, 64, 16_383, 16_384, 1_073_741_823, 1_073_741_824, 4_294_967_295),
  fc.integer({ min: 0, max: 0xffff }),
  fc.integer({ min: 0, max: 0xffff_ffff }),
)

test('compact integers are those of @polkadot/util, and decode to themselves', () => {
  fc.assert(
    fc.property(U32, fc.uint8Array({ maxLength: 3 }), (value, before) => {
      const encoded = encodeCompact(value)
      expect(encoded).toEqual(Uint8Array.from(compactToU8a(value)))
      const bytes = concatBytes(before, encoded)
      expect(decodeCompact(bytes, before.length)).toEqual({ value, end: bytes.length })
      expect(decodeCompact(bytes.subarray(0, -1), before.length)).toBeNull()
    }),
    { seed: 1, numRuns: 500 },
  )
})

test('every decodable compact is the canonical one', () => {
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 1, maxLength: 6 }), (bytes) => {
      const decoded = decodeCompact(bytes)
      if (decoded !== null) expect(encodeCompact(decoded.value)).toEqual(bytes.subarray(0, decoded.end))
    }),
    { seed: 1, numRuns: 1_000 },
  )
})

test('bytes and integers round-trip, and short ones are refused', () => {
  fc.assert(
    fc.property(
      fc.uint8Array({ maxLength: 100 }),
      fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }),
      (bytes, integer) => {
        const encoded = encodeBytes(bytes)
        expect(decodeBytes(encoded)).toEqual({ value: bytes, end: encoded.length })
        expect(decodeBytes(encoded.subarray(0, -1))).toBeNull()
        expect(encodeOptionBytes(bytes)).toEqual(concatBytes(new Uint8Array([1]), encoded))
        expect(decodeUint(encodeUint(integer, 8))).toBe(integer)
        expect(readU32(encodeUint(integer, 8), 0)).toBe(Number(integer & 0xffff_ffffn))
      },
    ),
    { seed: 1, numRuns: 200 },
  )
  expect(encodeOptionBytes(null)).toEqual(new Uint8Array([0]))
  expect(() => encodeUint(256, 1)).toThrow('256 does not fit 1 bytes')
})
