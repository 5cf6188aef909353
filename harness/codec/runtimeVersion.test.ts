import { describe, expect, test } from 'vitest'
import { concatBytes, hexToBytes, utf8ToBytes } from '../base/bytes.ts'
import { decodeRuntimeApis, decodeRuntimeVersion } from './runtimeVersion.ts'
import { encodeBytes, encodeCompact, encodeUint } from './scale.ts'

const APIS = concatBytes(hexToBytes('0xdf6acb689907609b'), encodeUint(5, 4))
const FIRST_FIELDS = concatBytes(
  encodeBytes(utf8ToBytes('node-subtensor')),
  encodeBytes(utf8ToBytes('subtensor')),
  encodeUint(1, 4),
  encodeUint(202, 4),
  encodeUint(3, 4),
  encodeCompact(1),
  APIS,
)
const TRANSACTION_VERSION = encodeUint(7, 4)
const EXPECTED = {
  specName: 'node-subtensor',
  implName: 'subtensor',
  authoringVersion: 1,
  specVersion: 202,
  implVersion: 3,
  apis: [['0xdf6acb689907609b', 5]],
}

describe('decodeRuntimeVersion', () => {
  test('reads each of the three lengths that runtimes have had', () => {
    expect(decodeRuntimeVersion(FIRST_FIELDS)).toEqual({
      ...EXPECTED,
      transactionVersion: 0,
      systemVersion: 0,
    })
    const second = concatBytes(FIRST_FIELDS, TRANSACTION_VERSION)
    expect(decodeRuntimeVersion(second)).toEqual({ ...EXPECTED, transactionVersion: 7, systemVersion: 0 })
    const third = concatBytes(second, new Uint8Array([1]))
    expect(decodeRuntimeVersion(third)).toEqual({ ...EXPECTED, transactionVersion: 7, systemVersion: 1 })
  })

  test('is null for every truncation but the historic ones, and for a rest', () => {
    const whole = concatBytes(FIRST_FIELDS, TRANSACTION_VERSION, new Uint8Array([1]))
    const complete = new Set([FIRST_FIELDS.length, whole.length - 1, whole.length])
    for (let length = 0; length <= whole.length; length++) {
      const isVersion = decodeRuntimeVersion(whole.subarray(0, length)) !== null
      expect([length, isVersion]).toEqual([length, complete.has(length)])
    }
    expect(decodeRuntimeVersion(concatBytes(whole, new Uint8Array(1)))).toBeNull()
  })

  test('is null for a name that is not UTF-8 and for a count of APIs past the end', () => {
    expect(decodeRuntimeVersion(concatBytes(new Uint8Array([4, 0xff]), FIRST_FIELDS))).toBeNull()
    const names = concatBytes(
      encodeBytes(utf8ToBytes('a')),
      encodeBytes(utf8ToBytes('b')),
      new Uint8Array(12),
    )
    expect(decodeRuntimeVersion(concatBytes(names, encodeCompact(2 ** 32 - 1)))).toBeNull()
  })
})

test('decodeRuntimeApis reads records without a length', () => {
  expect(decodeRuntimeApis(concatBytes(APIS, APIS))).toEqual([EXPECTED.apis[0], EXPECTED.apis[0]])
  expect(decodeRuntimeApis(APIS.subarray(1))).toBeNull()
})
