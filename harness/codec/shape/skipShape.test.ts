import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { concatBytes, hexToBytes } from '../../base/bytes.ts'
import { PUBLISHED_METADATA, publishedCodec } from '../metadata/metadataFixture.testkit.ts'
import { chainValueArbitrary } from './chainValueArbitrary.testkit.ts'
import { decodeShape, ShapeReader } from './decodeShape.ts'
import { encodeShape } from './encodeShape.ts'
import { type Shape, ShapeError, type TypeRef, type TypeTable } from './shape.ts'
import { NO_VALUE } from './skipLeaf.ts'
import { createShapeSkipper } from './skipShape.ts'

function tableOf(...shapes: readonly Shape[]): TypeTable {
  return { ...publishedCodec('contractsV14').metadata.types, shape: (type) => shapes[type] ?? UNDEFINED }
}

const UNDEFINED: Shape = { kind: 'unknown', name: 'Undefined' }
const U8: Shape = { kind: 'uint', bytes: 1 }
const UNIT: Shape = { kind: 'tuple', items: [] }

/** What the slow way says, which is what the fast way has to say. */
function decodedEnd(types: TypeTable, type: TypeRef, bytes: Uint8Array): number {
  const reader = new ShapeReader(bytes)
  try {
    decodeShape(types, type, reader)
    return reader.offset
  } catch (error) {
    if (error instanceof ShapeError) return NO_VALUE
    throw error
  }
}

function agree(types: TypeTable, type: TypeRef, bytes: Uint8Array): void {
  expect(createShapeSkipper(types).skip(type, bytes, 0)).toBe(decodedEnd(types, type, bytes))
}

/** One way to damage a value: a byte becomes another, is lost, or comes in. */
const damage = fc.record({ at: fc.nat(), byte: fc.nat({ max: 255 }), kind: fc.nat({ max: 2 }) })

function damaged(bytes: Uint8Array, { at, byte, kind }: { at: number; byte: number; kind: number }) {
  const place = bytes.length === 0 ? 0 : at % bytes.length
  const before = bytes.subarray(0, place)
  const put = kind === 1 ? new Uint8Array() : new Uint8Array([byte])
  return concatBytes(before, put, bytes.subarray(kind === 2 ? place : place + 1))
}

describe.each(PUBLISHED_METADATA)('every storage item of the runtime %s', (name) => {
  const codec = publishedCodec(name)
  const { types } = codec.metadata
  const skipper = createShapeSkipper(types)
  const items = [...codec.items()].flatMap((item) =>
    [item.value, ...item.keys].flatMap((type) => {
      const values = chainValueArbitrary(types, type)
      return values === null ? [] : [{ type, values }]
    }),
  )
  const sample = fc
    .constantFrom(...items)
    .chain(({ type, values }) => fc.tuple(fc.constant(type), values, fc.array(damage, { maxLength: 3 })))

  it('ends where decoding ends, for good and for damaged values', () => {
    fc.assert(
      fc.property(sample, ([type, value, damages]) => {
        const whole = encodeShape(types, type, value)
        expect(skipper.skip(type, whole, 0)).toBe(whole.length)
        const width = skipper.fixedWidth(type)
        if (width !== null) expect(whole.length).toBe(width)
        const bytes = damages.reduce(damaged, whole)
        expect(skipper.skip(type, bytes, 0)).toBe(decodedEnd(types, type, bytes))
        const later = concatBytes(new Uint8Array([7]), bytes)
        const end = skipper.skip(type, bytes, 0)
        expect(skipper.skip(type, later, 1)).toBe(end === NO_VALUE ? NO_VALUE : end + 1)
      }),
      { seed: 7, numRuns: 500 },
    )
  })

  it('says of random bytes what decoding says', () => {
    fc.assert(
      fc.property(fc.constantFrom(...items), fc.uint8Array({ maxLength: 120 }), ({ type }, bytes) => {
        expect(skipper.skip(type, bytes, 0)).toBe(decodedEnd(types, type, bytes))
      }),
      { seed: 7, numRuns: 500 },
    )
  })

  it('has nothing else in the defaults than whole values', () => {
    for (const { pallet, item, value, fallback, modifier } of codec.items()) {
      if (modifier !== 'default' || decodedEnd(types, value, fallback) === NO_VALUE) continue
      expect(skipper.skip(value, fallback, 0), `${pallet}.${item}`).toBe(fallback.length)
    }
  })
})

describe('createShapeSkipper', () => {
  it.each<readonly [string, Shape, readonly string[]]>([
    ['bool', { kind: 'bool' }, ['0x00', '0x01', '0x02', '0x']],
    ['char', { kind: 'char' }, ['0x41000000', '0x00d80000', '0xffff1000', '0x00001100', '0x410000']],
    ['text', { kind: 'str' }, ['0x00', '0x0441', '0x04ff', '0x08c3a9', '0x0ceda080', '0x0cefbbbf', '0x08c3']],
    ['option', { kind: 'option', inner: 1 }, ['0x00', '0x0107', '0x01', '0x0207']],
    [
      'compact of 8 bits',
      { kind: 'compact', bytes: 1 },
      ['0xfc', '0x0101', '0xfd03', '0x0104', '0x02000100'],
    ],
    ['compact of 16', { kind: 'compact', bytes: 2 }, ['0xfeff0300', '0x02000400', '0x0300000040']],
    ['compact of 32', { kind: 'compact', bytes: 4 }, ['0x0300000040', '0x03ffffff3f', '0x070000000001']],
    [
      'compact of 64',
      { kind: 'compact', bytes: 8 },
      ['0x070000000001', '0x130000000000000001', '0x0700000000'],
    ],
    ['compact of nothing', { kind: 'compact', bytes: 0 }, ['0x', '0x00']],
    ['list', { kind: 'vec', inner: 1 }, ['0x00', '0x080102', '0x0801', '0xfeffffff01']],
    ['array', { kind: 'array', inner: 2, length: 2 }, ['0x0001', '0x0002', '0x00']],
    ['empty items', { kind: 'vec', inner: 3 }, ['0x10', '0xfeff0300', '0x02000400', '0xfeffffff']],
    ['array of empty items', { kind: 'array', inner: 3, length: 65_536 }, ['0x']],
    ['opaque', { kind: 'opaque', inner: 1 }, ['0x0407', '0x080708', '0x00', '0x04']],
    ['bits', { kind: 'bits', bytes: 2, isMsb: true }, ['0x00', '0x1000a0', '0x1000', '0x440000']],
    ['undefined', UNDEFINED, ['0x', '0x00']],
  ])('is as strict as decoding with a %s', (_, shape, inputs) => {
    const types = tableOf(shape, U8, { kind: 'bool' }, UNIT)
    for (const hex of inputs) agree(types, 0, hexToBytes(hex))
  })

  it('refuses nesting as deep as decoding does, also where the innermost has a fixed width', () => {
    const types = tableOf({ kind: 'option', inner: 1 }, { kind: 'tuple', items: [2, 0] }, U8)
    for (const count of [255, 256, 257]) agree(types, 0, hexToBytes(`0x${'0107'.repeat(count)}00`))
    const list = tableOf(
      {
        kind: 'enum',
        variants: variants([
          [0, 0],
          [1, 2],
        ]),
      },
      U8,
      { kind: 'vec', inner: 1 },
      U8,
    )
    for (const count of [509, 510, 511, 512]) agree(list, 0, hexToBytes(`0x${'00'.repeat(count)}010407`))
  })

  it('tells the width of types that have one', () => {
    const types = tableOf(
      { kind: 'struct', fields: [field(1), field(2)] },
      U8,
      {
        kind: 'enum',
        variants: variants([
          [0, 1],
          [5, 1],
        ]),
      },
      { kind: 'enum', variants: variants([[0], [1, 1]]) },
      { kind: 'vec', inner: 1 },
    )
    const { fixedWidth } = createShapeSkipper(types)
    expect([0, 1, 2, 3, 4].map(fixedWidth)).toEqual([3, 1, 2, null, null])
  })
})

function field(type: TypeRef) {
  return { name: null, type }
}

/** `[index, ...types]` of each. */
function variants(list: readonly (readonly [number, ...number[]])[]) {
  return new Map(
    list.map(([index, ...types]) => [
      index,
      { name: `V${index}`, index, docs: [], fields: types.map(field) },
    ]),
  )
}
