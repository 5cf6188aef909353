import { bytesToHex } from '../../base/bytes.ts'
import { decodeUint, readU32 } from '../scale.ts'
import { decodeShape, ShapeReader } from './decodeShape.ts'
import { MAX_DEPTH, type Shape, ShapeError, type ShapeField, type TypeRef, type TypeTable } from './shape.ts'

/**
 * A decoded value to compute with: every integer is a bigint, accounts and bytes are 0x-hex; else as `ChainValue` (a variant
 * is its name or `{ Name: fields }`, an absent option and the unit are null). Calls are as decoding gives them.
 */
export type TypedValue =
  | null
  | boolean
  | number
  | bigint
  | string
  | readonly TypedValue[]
  | { readonly [name: string]: TypedValue }

/**
 * Reads one value; throws `ShapeError` for bytes that are none, and may take some that `decodeShape` refuses: ask a
 * `ShapeSkipper` first. PERF: it makes no SS58 address, whose checksum costs more than all the rest of an account.
 */
export function readShape(types: TypeTable, type: TypeRef, reader: ShapeReader): TypedValue {
  if (++reader.depth > MAX_DEPTH) throw new ShapeError(`nested deeper than ${MAX_DEPTH}`)
  const value = readKind(types, type, reader)
  reader.depth--
  return value
}

function readKind(types: TypeTable, type: TypeRef, reader: ShapeReader): TypedValue {
  const shape = types.shape(type)
  switch (shape.kind) {
    case 'uint':
      return readUint(reader.take(shape.bytes))
    case 'int':
      return BigInt.asIntN(shape.bytes * 8, readUint(reader.take(shape.bytes)))
    case 'compact':
      return shape.bytes === 0 ? null : reader.compact(shape.bytes)
    case 'account':
      return bytesToHex(reader.take(32))
    case 'struct':
      return readFields(types, shape.fields, reader)
    case 'tuple':
      return shape.items.length === 0 ? null : shape.items.map((item) => readShape(types, item, reader))
    case 'vec':
      return readItems(types, { inner: shape.inner, count: reader.length() }, reader)
    case 'array':
      return readItems(types, { inner: shape.inner, count: shape.length }, reader)
    case 'option':
      return reader.byte() === 0 ? null : readShape(types, shape.inner, reader)
    case 'enum':
      return readEnum(types, shape, reader)
    case 'opaque':
      return readShape(types, shape.inner, new ShapeReader(reader.take(reader.length())))
    default:
      reader.depth--
      return decodeThere(types, type, reader)
  }
}

/** The others hold no integers, or are built by others. */
function decodeThere(types: TypeTable, type: TypeRef, reader: ShapeReader): TypedValue {
  const value = decodeShape(types, type, reader)
  reader.depth++
  return value
}

function readItems(
  types: TypeTable,
  { inner, count }: { readonly inner: TypeRef; readonly count: number },
  reader: ShapeReader,
): TypedValue[] {
  const values: TypedValue[] = []
  for (let i = 0; i < count; i++) values.push(readShape(types, inner, reader))
  return values
}

function readFields(types: TypeTable, fields: readonly ShapeField[], reader: ShapeReader): TypedValue {
  if (fields.length === 0) return null
  if (fields[0]?.name === null) return fields.map(({ type }) => readShape(types, type, reader))
  const value: Record<string, TypedValue> = {}
  for (const { name, type } of fields) value[name ?? ''] = readShape(types, type, reader)
  return value
}

function readEnum(
  types: TypeTable,
  shape: Extract<Shape, { kind: 'enum' }>,
  reader: ShapeReader,
): TypedValue {
  const index = reader.byte()
  const variant = shape.variants.get(index)
  if (variant === undefined) throw new ShapeError(`no variant ${index} at ${reader.offset - 1}`)
  const [only] = variant.fields
  if (only === undefined) return variant.name
  const isNewtype = variant.fields.length === 1 && only.name === null
  return {
    [variant.name]: isNewtype
      ? readShape(types, only.type, reader)
      : readFields(types, variant.fields, reader),
  }
}

function readUint(bytes: Uint8Array): bigint {
  if (bytes.length <= 4) return BigInt(readU32(bytes, 0))
  if (bytes.length !== 8) return decodeUint(bytes)
  return (BigInt(readU32(bytes, 4)) << 32n) | BigInt(readU32(bytes, 0))
}
