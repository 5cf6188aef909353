import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { concatBytes } from '../base/bytes.ts'
import { encodeBytes } from '../codec/scale.ts'
import { decodeBlock, decodeExtrinsics, encodeBlock, encodeExtrinsics } from './block.ts'
import { zeroHash } from './header.ts'

const HEADER = {
  parentHash: zeroHash(),
  number: 3,
  stateRoot: zeroHash(),
  extrinsicsRoot: zeroHash(),
  digest: [],
}

const extrinsics = fc.array(fc.uint8Array({ maxLength: 100 }).map(encodeBytes), { maxLength: 70 })

describe('block', () => {
  it('reads back what it wrote', () => {
    const check = fc.property(extrinsics, (list) => {
      const block = { header: HEADER, extrinsics: list }
      expect(decodeBlock(encodeBlock(block))).toEqual(block)
    })
    fc.assert(check, { seed: 1, numRuns: 50 })
  })

  it('refuses a body that is short, too long, or not counted right', () => {
    const body = encodeExtrinsics([encodeBytes(new Uint8Array(5))])
    expect(decodeExtrinsics(body.subarray(0, -1))).toBeNull()
    expect(decodeExtrinsics(concatBytes(body, new Uint8Array(1)))).toBeNull()
    expect(decodeExtrinsics(concatBytes(new Uint8Array([8]), body.subarray(1)))).toBeNull()
    expect(decodeExtrinsics(new Uint8Array())).toBeNull()
  })
})
