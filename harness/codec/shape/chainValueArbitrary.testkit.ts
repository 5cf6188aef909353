import { encodeAddress } from '@polkadot/util-crypto'
import fc from 'fast-check'
import { bytesToHex } from '../../base/bytes.ts'
import {
  type ChainValue,
  isNullable,
  type Shape,
  type ShapeField,
  type TypeRef,
  type TypeTable,
} from './shape.ts'

/** How deep generated values nest before recursive parts are kept empty. */
const DEPTH = 5

/**
 * Values of a type as decoding gives them, for tests: each encodes, and decodes to itself. Null for types without values,
 * such as enums without variants.
 */
export function chainValueArbitrary(
  types: TypeTable,
  type: TypeRef,
  depth = DEPTH,
): fc.Arbitrary<ChainValue> | null {
  return shapeArbitrary(types, types.shape(type), depth)
}

function shapeArbitrary(types: TypeTable, shape: Shape, depth: number): fc.Arbitrary<ChainValue> | null {
  switch (shape.kind) {
    case 'bool':
      return fc.boolean()
    case 'str':
      return fc.string({ unit: 'grapheme', maxLength: 20 })
    case 'char':
      return fc.string({ unit: 'binary', minLength: 1, maxLength: 1 })
    case 'bytes':
      return fc.uint8Array({ maxLength: 100 }).map(bytesToHex)
    case 'fixedBytes':
      return fixed(shape.length).map(bytesToHex)
    case 'account':
      return fixed(32).map((bytes) => encodeAddress(bytes, types.ss58Format))
    case 'uint':
    case 'int':
    case 'compact':
      return integer(shape.bytes, shape.kind === 'int')
    case 'bits':
      return fc.array(fc.boolean(), { maxLength: 40 }).map((bits) => `0b${bits.map(Number).join('')}`)
    case 'enum':
      return enumArbitrary(types, shape, depth)
    case 'struct':
      return fieldsArbitrary(types, shape.fields, depth)
    case 'call':
      return callArbitrary(types, depth)
    case 'option':
      return optionArbitrary(types, shape.inner, depth)
    case 'vec':
    case 'array':
    case 'tuple':
      return listArbitrary(types, shape, depth)
    case 'opaque':
      return chainValueArbitrary(types, shape.inner, depth)
    default:
      return null
  }
}

function fixed(length: number): fc.Arbitrary<Uint8Array> {
  return fc.uint8Array({ minLength: length, maxLength: length })
}

function integer(bytes: number, isSigned: boolean): fc.Arbitrary<ChainValue> {
  if (bytes === 0) return fc.constant(null)
  const bits = BigInt(bytes * 8)
  const [min, max] = isSigned ? [-(1n << (bits - 1n)), (1n << (bits - 1n)) - 1n] : [0n, (1n << bits) - 1n]
  // Every size of compact encoding, not only the widest.
  const anySize = fc
    .bigInt({ min: 0n, max: bits - 1n })
    .chain((shift) => fc.bigInt({ min: min >> shift, max: max >> shift }))
  return anySize.map((value) => (bytes <= 4 ? Number(value) : value.toString()))
}

function optionArbitrary(types: TypeTable, inner: TypeRef, depth: number): fc.Arbitrary<ChainValue> {
  const content = depth > 0 ? chainValueArbitrary(types, inner, depth - 1) : null
  if (content === null) return fc.constant(null)
  return fc.option(isNullable(types, inner) ? content.map((value) => ({ Some: value })) : content)
}

function enumArbitrary(
  types: TypeTable,
  shape: Extract<Shape, { kind: 'enum' }>,
  depth: number,
): fc.Arbitrary<ChainValue> | null {
  const all = [...shape.variants.values()]
  const simple = all.filter(({ fields }) => fields.length === 0)
  const choices = (depth > 0 ? all : simple).flatMap(({ name, fields }) => {
    const [only] = fields
    if (only === undefined) return [fc.constant<ChainValue>(name)]
    const isNewtype = fields.length === 1 && only.name === null
    const content = isNewtype
      ? chainValueArbitrary(types, only.type, depth - 1)
      : fieldsArbitrary(types, fields, depth - 1)
    return content === null ? [] : [content.map((value): ChainValue => ({ [name]: value }))]
  })
  return choices.length === 0 ? null : fc.oneof(...choices)
}

function fieldsArbitrary(
  types: TypeTable,
  fields: readonly ShapeField[],
  depth: number,
): fc.Arbitrary<ChainValue> | null {
  if (fields.length === 0) return fc.constant(null)
  const parts = fields.map(({ type }) => chainValueArbitrary(types, type, depth))
  if (!parts.every((part) => part !== null)) return null
  const values = fc.tuple(...parts)
  if (fields[0]?.name === null) return values
  return values.map((items) =>
    Object.fromEntries(items.map((item, index) => [fields[index]?.name ?? '', item])),
  )
}

type ListShape = Extract<Shape, { kind: 'vec' | 'array' | 'tuple' }>

function listArbitrary(types: TypeTable, shape: ListShape, depth: number): fc.Arbitrary<ChainValue> | null {
  if (shape.kind === 'tuple') {
    if (shape.items.length === 0) return fc.constant(null)
    return fieldsArbitrary(
      types,
      shape.items.map((type) => ({ name: null, type })),
      depth,
    )
  }
  const item = depth > 0 ? chainValueArbitrary(types, shape.inner, depth - 1) : null
  if (shape.kind === 'vec') return item === null ? fc.constant([]) : fc.array(item, { maxLength: 4 })
  return item === null ? null : fc.array(item, { minLength: shape.length, maxLength: shape.length })
}

/** Any call of the runtime whose arguments can be generated. */
export function callArbitrary(types: TypeTable, depth = DEPTH): fc.Arbitrary<ChainValue> | null {
  if (depth <= 0) return null
  const pallets = [...types.calls.values()].flatMap(({ pallet, variants }) =>
    [...variants.values()].map((variant) => ({ pallet, variant })),
  )
  if (pallets.length === 0) return null
  // A call whose arguments have no values becomes null and is left out.
  return fc
    .constantFrom(...pallets)
    .chain(({ pallet, variant }): fc.Arbitrary<ChainValue> => {
      const args = fieldsArbitrary(types, variant.fields, depth - 1)
      if (args === null) return fc.constant(null)
      return args.map((value): ChainValue => ({ pallet, call: variant.name, args: value ?? {} }))
    })
    .filter((call) => call !== null)
}
