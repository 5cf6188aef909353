import { createHash } from 'node:crypto'
import { keccakAsU8a } from '@polkadot/util-crypto'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { bytesToHex, utf8ToBytes } from '../../base/bytes.ts'
import { keccak256, keccak512, sha2_256 } from './digests.ts'

it('gives the published digests', () => {
  const empty = new Uint8Array(0)
  expect(bytesToHex(keccak256(empty))).toBe(
    '0xc5d2460186f7233c927e7db2dcc703c0e500b653ca82273b7bfad8045d85a470',
  )
  expect(bytesToHex(keccak512(empty))).toBe(
    '0x0eab42de4c3ceb9235fc91acffe746b29c29a8c366b7c60e4e67c466f36a4304c00fa9caf9d87976ba469bcbe06713b435f091ef2769fb160cdab33d3670680e',
  )
  expect(bytesToHex(sha2_256(utf8ToBytes('abc')))).toBe(
    '0xba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad',
  )
})

it('agrees with node:crypto and @polkadot/util-crypto', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 400 }), (data) => {
      expect(Buffer.from(sha2_256(data))).toEqual(createHash('sha256').update(data).digest())
      expect(keccak256(data)).toEqual(keccakAsU8a(data, 256))
      expect(keccak512(data)).toEqual(keccakAsU8a(data, 512))
    }),
    { seed: 1, numRuns: 100 },
  )
})
