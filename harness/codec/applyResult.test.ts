import { describe, expect, test } from 'vitest'
import { hexToBytes } from '../base/bytes.ts'
import { decodeApplyResult } from './applyResult.ts'
import { publishedCodec } from './metadata/metadataFixture.testkit.ts'

const codec = publishedCodec('v16')

describe('decodeApplyResult', () => {
  test.each([
    ['0x0000', { kind: 'success' }],
    ['0x010004', { kind: 'invalid', reason: 'Invalid: BadProof' }],
    ['0x010003', { kind: 'invalid', reason: 'Invalid: Stale' }],
    ['0x01000709', { kind: 'invalid', reason: 'Invalid: Custom(9)' }],
    ['0x010009', { kind: 'invalid', reason: 'Invalid: MandatoryValidation' }],
    ['0x010100', { kind: 'invalid', reason: 'Unknown: CannotLookup' }],
    ['0x01010207', { kind: 'invalid', reason: 'Unknown: Custom(7)' }],
    ['0x010063', { kind: 'invalid', reason: 'Invalid: variant 99' }],
    ['0x000102', { kind: 'dispatchError', error: { kind: 'BadOrigin' } }],
    ['0x0001030502000000', { kind: 'dispatchError', error: { kind: 'Module', pallet: '5', error: '0x02' } }],
    ['0x0001030502', { kind: 'dispatchError', error: { kind: 'Module', pallet: '5', error: '0x02' } }],
    ['0x00010702', { kind: 'dispatchError', error: { kind: 'Token', error: '2' } }],
  ])('%s without metadata', (hex, expected) => {
    expect(decodeApplyResult(hexToBytes(hex))).toEqual(expected)
  })

  test.each([
    '0x',
    '0x00',
    '0x01',
    '0x0100',
    '0x0002',
    '0x000000',
    '0x02',
    '0x010007',
    '0x0001',
    '0x000103',
    '0x0001ff',
  ])('%s is none', (hex) => {
    expect(decodeApplyResult(hexToBytes(hex))).toBeNull()
  })

  test('names the error with metadata', () => {
    const balances = codec.metadata.pallets.find(({ name }) => name === 'Balances')?.index ?? 0
    const bytes = new Uint8Array([0, 1, 3, balances, 2, 0, 0, 0])
    expect(codec.decodeApplyResult(bytes)).toEqual({
      kind: 'dispatchError',
      error: {
        kind: 'Module',
        pallet: 'Balances',
        error: 'InsufficientBalance',
        docs: 'Balance too low to send value.',
      },
    })
    expect(codec.decodeApplyResult(hexToBytes('0x00010700'))).toEqual({
      kind: 'dispatchError',
      error: { kind: 'Token', error: 'FundsUnavailable' },
    })
    expect(codec.decodeApplyResult(hexToBytes('0x000163'))).toBeNull()
  })

  test('names the error of a runtime from before metadata V14, where it was one byte', () => {
    const old = publishedCodec('v13')
    const system = old.metadata.pallets.find(({ name }) => name === 'System')?.index ?? 0
    const error = { kind: 'Module', pallet: 'System', error: 'InvalidSpecName' }
    expect(old.decodeApplyResult(new Uint8Array([0, 1, 3, system, 0]))).toMatchObject({ error })
  })
})

describe('decodeDispatchError', () => {
  test('takes the value of an event field', () => {
    const error = { Module: { index: 0, error: '0x05000000' } }
    expect(codec.decodeDispatchError(error)).toMatchObject({
      kind: 'Module',
      pallet: 'System',
      error: 'CallFiltered',
    })
    expect(codec.decodeDispatchError('BadOrigin')).toEqual({ kind: 'BadOrigin' })
    expect(codec.decodeDispatchError({ Arithmetic: 'Overflow' })).toEqual({
      kind: 'Arithmetic',
      error: 'Overflow',
    })
  })

  test('falls back to indices for what the metadata does not name', () => {
    const error = { Module: { index: 250, error: '0x07000000' } }
    expect(codec.decodeDispatchError(error)).toEqual({ kind: 'Module', pallet: '250', error: '7' })
  })

  test('is null for what is not an error', () => {
    expect(codec.decodeDispatchError(null)).toBeNull()
    expect(codec.decodeDispatchError(new Uint8Array())).toBeNull()
    expect(codec.decodeDispatchError({ Module: 3 })).toBeNull()
  })
})
