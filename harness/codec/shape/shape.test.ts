import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { bytesToHex, concatBytes, hexToBytes } from '../../base/bytes.ts'
import { publishedCodec } from '../metadata/metadataFixture.testkit.ts'
import { chainValueArbitrary } from './chainValueArbitrary.testkit.ts'
import { decodeShape, ShapeReader } from './decodeShape.ts'
import { encodeShape } from './encodeShape.ts'
import { type ChainInput, type Shape, ShapeError, type ShapeVariant, type TypeTable } from './shape.ts'

/** A table of the shapes given, by position; nothing else of a runtime. */
function tableOf(...shapes: readonly Shape[]): TypeTable {
  return {
    shape: (type) => shapes[type] ?? { kind: 'unknown', name: String(type) },
    name: (type) => shapes[type]?.kind ?? 'unknown',
    calls: new Map(),
    ss58Format: 42,
    foreign: {
      decode: () => {
        throw new ShapeError('no foreign types')
      },
      encode: () => new Uint8Array(),
    },
  }
}

function variant(name: string, index: number, ...types: readonly number[]): readonly [number, ShapeVariant] {
  return [index, { name, index, fields: types.map((type) => ({ name: null, type })), docs: [] }]
}

function decode(types: TypeTable, hex: string) {
  const reader = new ShapeReader(hexToBytes(hex))
  const value = decodeShape(types, 0, reader)
  return { value, remaining: reader.remaining }
}

function encode(types: TypeTable, value: ChainInput): string {
  return bytesToHex(encodeShape(types, 0, value))
}

const U8: Shape = { kind: 'uint', bytes: 1 }
const COMPACT: Shape = { kind: 'compact', bytes: 4 }
const PAIR: Shape = {
  kind: 'struct',
  fields: [
    { name: 'ref_time', type: 1 },
    { name: 'proof_size', type: 1 },
  ],
}
const RESULT: Shape = { kind: 'enum', variants: new Map([variant('Ok', 0), variant('Err', 2, 1)]) }

describe('decodeShape', () => {
  test.each([
    ['bool', tableOf({ kind: 'bool' }), '0x02', 'bool at 0 is 2, neither 0 nor 1'],
    ['option', tableOf({ kind: 'option', inner: 1 }, U8), '0x0201', 'option at 0 is 2, neither 0 nor 1'],
    ['variant', tableOf(RESULT, U8), '0x01', 'no variant 1 at 0'],
    ['field of a variant', tableOf(RESULT, U8), '0x02', 'Err: needs 1 byte at 1, 0 left'],
    ['field of a struct', tableOf(PAIR, U8), '0x07', 'proof_size: needs 1 byte at 1, 0 left'],
    ['two-byte compact', tableOf(COMPACT), '0xfd00', 'compact integer at 0 is not canonical'],
    ['four-byte compact', tableOf(COMPACT), '0xfeff0000', 'compact integer at 0 is not canonical'],
    ['big compact', tableOf(COMPACT), '0x03ffffff3f', 'compact integer at 0 is not canonical'],
    [
      'compact too wide',
      tableOf(COMPACT),
      '0x070000000001',
      'compact integer at 0 does not fit 4 bytes: 4294967296',
    ],
    ['text', tableOf({ kind: 'str' }), '0x04ff', 'text is not UTF-8'],
    ['char', tableOf({ kind: 'char' }), '0x00d80000', 'no Unicode scalar: 55296'],
    ['bytes', tableOf({ kind: 'bytes' }), '0x0c0102', 'needs 3 bytes at 1, 2 left'],
    ['item', tableOf({ kind: 'vec', inner: 1 }, U8), '0x0801', '1: needs 1 byte at 2, 0 left'],
    [
      'opaque content',
      tableOf({ kind: 'opaque', inner: 1 }, U8),
      '0x080102',
      '1 bytes left in an opaque wrapper',
    ],
    [
      'undefined type',
      tableOf({ kind: 'unknown', name: 'NeuronMetadata' }),
      '0x',
      'the metadata names the type NeuronMetadata, which is not defined',
    ],
  ])('refuses a bad %s', (_, types, hex, message) => {
    expect(() => decode(types, hex)).toThrow(ShapeError)
    try {
      decode(types, hex)
    } catch (error) {
      expect(error instanceof ShapeError ? error.describe() : error).toBe(message)
    }
  })

  test('refuses a count of items that take no bytes before it fills the memory', () => {
    const types = tableOf({ kind: 'vec', inner: 1 }, { kind: 'tuple', items: [] })
    expect(() => decode(types, '0xfeffffff')).toThrow('items that take no bytes')
  })

  test('refuses nesting without end', () => {
    const types = tableOf({ kind: 'option', inner: 0 })
    expect(() => decode(types, `0x${'01'.repeat(600)}`)).toThrow('nested deeper than 512')
  })

  test('tells nested options apart', () => {
    const types = tableOf({ kind: 'option', inner: 1 }, { kind: 'option', inner: 2 }, U8)
    expect(decode(types, '0x00').value).toBeNull()
    expect(decode(types, '0x0100').value).toEqual({ Some: null })
    expect(decode(types, '0x010107').value).toEqual({ Some: 7 })
    for (const hex of ['0x00', '0x0100', '0x010107'])
      expect(encode(types, decode(types, hex).value)).toBe(hex)
  })

  test('reads bits in both orders', () => {
    const lsb = tableOf({ kind: 'bits', bytes: 1, isMsb: false })
    const msb = tableOf({ kind: 'bits', bytes: 2, isMsb: true })
    expect(decode(lsb, '0x1005')).toEqual({ value: '0b1010', remaining: 0 })
    expect(decode(msb, '0x1000a0')).toEqual({ value: '0b1010', remaining: 0 })
  })
})

describe('encodeShape', () => {
  test.each([
    ['too large', tableOf(U8), 256, '256 does not fit u8'],
    ['negative', tableOf(U8), -1, '-1 does not fit u8'],
    ['no integer', tableOf(U8), 1.5, 'expected an integer (number, bigint or decimal text), found 1.5'],
    ['missing', tableOf(PAIR, U8), { ref_time: 1 }, 'field proof_size is missing'],
    [
      'unknown',
      tableOf(PAIR, U8),
      { ref_time: 1, proof_size: 2, extra: 3 },
      'no field extra; there are ref_time, proof_size',
    ],
    ['nested', tableOf(PAIR, U8), { ref_time: 1, proof_size: 300 }, 'proof_size: 300 does not fit u8'],
    [
      'variant',
      tableOf(RESULT, U8),
      'Maybe',
      'expected a variant (\'Name\' or { Name: … }) of Ok, Err, found "Maybe"',
    ],
    ['short account', tableOf({ kind: 'account' }), '0x01', 'expected 32 bytes, found 1'],
    [
      'misspelled account',
      tableOf({ kind: 'account' }),
      '5Grw',
      'expected an account (SS58, 0x-hex or 32 bytes), found "5Grw"',
    ],
    ['length', tableOf({ kind: 'array', inner: 1, length: 2 }, U8), [1], 'expected 2 items, found 1'],
  ])('refuses %s', (_, types, value, message) => {
    try {
      encode(types, value)
      expect.unreachable()
    } catch (error) {
      expect(error instanceof ShapeError ? error.describe() : error).toBe(message)
    }
  })

  test('takes camelCase names, positions, bigints and bytes', () => {
    const types = tableOf(PAIR, { kind: 'uint', bytes: 8 })
    const expected = '0x01000000000000000200000000000000'
    for (const value of [{ ref_time: 1, proof_size: '2' }, { refTime: 1n, proofSize: 2 }, [1, 2n]]) {
      expect(encode(types, value)).toBe(expected)
    }
    expect(encode(tableOf({ kind: 'bytes' }), new Uint8Array([1, 2]))).toBe('0x080102')
  })

  test('takes signed integers to their limits', () => {
    const types = tableOf({ kind: 'int', bytes: 1 })
    expect([-128, -1, 127].map((value) => encode(types, value))).toEqual(['0x80', '0xff', '0x7f'])
    expect(decode(types, '0x80').value).toBe(-128)
    expect(() => encode(types, 128)).toThrow('128 does not fit i8')
  })
})

describe('every type of a runtime', () => {
  const codec = publishedCodec('contractsV14')
  const { types } = codec.metadata
  const items = [...codec.items()].flatMap((item) => {
    const values = chainValueArbitrary(types, item.value)
    return values === null ? [] : [{ item, values }]
  })

  test('decodes what it encoded, sees each missing byte and each byte too many', () => {
    expect(items.length).toBeGreaterThan(40)
    const sample = fc
      .constantFrom(...items)
      .chain(({ item, values }) => fc.tuple(fc.constant(item), values, fc.nat()))
    fc.assert(
      fc.property(sample, ([item, value, cut]) => {
        const bytes = encodeShape(types, item.value, value)
        const { pallet, item: name } = item
        expect(codec.decodeValue(pallet, name, bytes)).toEqual({ kind: 'value', value, remaining: 0 })
        const longer = concatBytes(bytes, new Uint8Array([0]))
        expect(codec.decodeValue(pallet, name, longer)).toEqual({ kind: 'value', value, remaining: 1 })
        if (bytes.length === 0) return
        const shorter = codec.decodeValue(pallet, name, bytes.subarray(0, cut % bytes.length))
        expect(shorter.kind).toBe('error')
      }),
      { seed: 1, numRuns: 400 },
    )
  })

  test('answers random bytes with a value or an error, and nothing else', () => {
    fc.assert(
      fc.property(fc.constantFrom(...items), fc.uint8Array({ maxLength: 200 }), ({ item }, bytes) => {
        const decoded = codec.decodeValue(item.pallet, item.item, bytes)
        if (decoded.kind === 'error') return
        const consumed = bytes.subarray(0, bytes.length - decoded.remaining)
        expect(codec.encodeValue(item.pallet, item.item, decoded.value).length).toBe(consumed.length)
      }),
      { seed: 1, numRuns: 400 },
    )
  })
})
