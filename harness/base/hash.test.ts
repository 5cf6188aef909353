import { blake2AsU8a, xxhashAsU8a } from '@polkadot/util-crypto'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { bytesToHex, utf8ToBytes } from './bytes.ts'
import { blake2_128, blake2_256, twox64, twox128, twox256 } from './hash.ts'

const EMPTY = new Uint8Array(0)

describe('twox', () => {
  it('gives the published XXH64 of nothing with seed 0', () => {
    // 0xef46db3751d8e999, little-endian here
    expect(bytesToHex(twox64(EMPTY))).toBe('0x99e9d85137db46ef')
  })

  it('gives the well-known storage prefixes', () => {
    expect(bytesToHex(twox128(utf8ToBytes('System')))).toBe('0x26aa394eea5630e07c48ae0c9558cef7')
    expect(bytesToHex(twox128(utf8ToBytes('Account')))).toBe('0xb99d880ec681799c0cf30e8886371da9')
    expect(bytesToHex(twox128(utf8ToBytes('Events')))).toBe('0x80d41e5e16056765bc8461851072c9d7')
  })

  it('agrees with @polkadot/util-crypto on every length around the stripe and word borders', () => {
    for (let length = 0; length <= 140; length++) {
      const data = Uint8Array.from({ length }, (_, i) => (i * 167 + length * 31) & 0xff)
      expect(twox64(data)).toEqual(xxhashAsU8a(data, 64))
      expect(twox256(data)).toEqual(xxhashAsU8a(data, 256))
    }
  })

  it('agrees with @polkadot/util-crypto on random bytes, also as a view into a larger buffer', () => {
    const samples = fc.uint8Array({ maxLength: 300 })
    fc.assert(
      fc.property(samples, fc.nat(16), (data, skip) => {
        const view = data.subarray(Math.min(skip, data.length))
        expect(twox128(view)).toEqual(xxhashAsU8a(view, 128))
      }),
      { seed: 1, numRuns: 300 },
    )
  })

  it('extends the shorter hash', () => {
    const data = utf8ToBytes('SubtensorModule')
    expect(twox256(data).subarray(0, 16)).toEqual(twox128(data))
    expect(twox128(data).subarray(0, 8)).toEqual(twox64(data))
    expect(twox64(data)).not.toEqual(twox64(utf8ToBytes('SubtensorModulf')))
  })
})

describe('blake2', () => {
  it('gives the published digests', () => {
    expect(bytesToHex(blake2_256(EMPTY))).toBe(
      '0x0e5751c026e543b2e8ab2eb06099daa1d1e5df47778f7787faab45cdf12fe3a8',
    )
    expect(bytesToHex(blake2_128(EMPTY))).toBe('0xcae66941d9efbd404e4d88758ea67670')
    expect(bytesToHex(blake2_256(utf8ToBytes('abc')))).toBe(
      '0xbddd813c634239723171ef3fee98579b94964e3bb1cb3e427262c8c068d52319',
    )
  })

  it('agrees with @polkadot/util-crypto', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (data) => {
        expect(blake2_256(data)).toEqual(blake2AsU8a(data, 256))
        expect(blake2_128(data)).toEqual(blake2AsU8a(data, 128))
      }),
      { seed: 1, numRuns: 100 },
    )
  })
})
