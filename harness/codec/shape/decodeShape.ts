import { encodeAddress } from '@polkadot/util-crypto'
import { bytesToHex } from '../../base/bytes.ts'
import { decodeUint } from '../scale.ts'
import {
  type ChainValue,
  isNullable,
  MAX_DEPTH,
  type Shape,
  ShapeError,
  type ShapeField,
  type TypeRef,
  type TypeTable,
} from './shape.ts'

/** A cursor over bytes; every read that goes past the end is a `ShapeError`. */
export class ShapeReader {
  readonly bytes: Uint8Array
  offset: number
  depth = 0

  constructor(bytes: Uint8Array, offset = 0) {
    this.bytes = bytes
    this.offset = offset
  }

  get remaining(): number {
    return this.bytes.length - this.offset
  }

  /** The next `length` bytes as a view. */
  take(length: number): Uint8Array {
    if (length > this.remaining) throw this.#short(length)
    this.offset += length
    return this.bytes.subarray(this.offset - length, this.offset)
  }

  byte(): number {
    const byte = this.bytes[this.offset]
    if (byte === undefined) throw this.#short(1)
    this.offset++
    return byte
  }

  /** Canonical compact integer of at most `maxBytes` bytes. */
  compact(maxBytes: number): bigint {
    const start = this.offset
    const first = this.byte()
    const mode = first & 3
    if (mode === 3) return this.#bigCompact((first >> 2) + 4, maxBytes, start)
    if (mode === 0) return BigInt(first >> 2)
    this.offset = start
    const value = decodeUint(this.take(mode === 1 ? 2 : 4)) >> 2n
    if (value < (mode === 1 ? 64n : 16_384n))
      throw new ShapeError(`compact integer at ${start} is not canonical`)
    return fitting(value, maxBytes, start)
  }

  #short(length: number): ShapeError {
    return new ShapeError(
      `needs ${length} byte${length === 1 ? '' : 's'} at ${this.offset}, ${this.remaining} left`,
    )
  }

  #bigCompact(width: number, maxBytes: number, start: number): bigint {
    const bytes = this.take(width)
    const value = decodeUint(bytes)
    if (bytes.at(-1) === 0 || value < 1n << 30n)
      throw new ShapeError(`compact integer at ${start} is not canonical`)
    return fitting(value, maxBytes, start)
  }

  /** A length prefix. */
  length(): number {
    return Number(this.compact(4))
  }
}

function fitting(value: bigint, maxBytes: number, start: number): bigint {
  if (value >> BigInt(maxBytes * 8) !== 0n) {
    throw new ShapeError(`compact integer at ${start} does not fit ${maxBytes} bytes: ${value}`)
  }
  return value
}

/**
 * Reads one value as parity-scale-codec would: short input, unknown variants, booleans and options that are neither 0 nor 1,
 * non-canonical compacts and broken UTF-8 throw a `ShapeError`. Bytes after the value stay in the reader.
 */
export function decodeShape(types: TypeTable, type: TypeRef, reader: ShapeReader): ChainValue {
  if (++reader.depth > MAX_DEPTH) throw new ShapeError(`nested deeper than ${MAX_DEPTH}`)
  const value = decodeKind(types, types.shape(type), reader)
  reader.depth--
  return value
}

function decodeKind(types: TypeTable, shape: Shape, reader: ShapeReader): ChainValue {
  switch (shape.kind) {
    case 'uint':
    case 'int':
      return decodeInteger(reader.take(shape.bytes), shape.kind === 'int')
    case 'compact':
      return shape.bytes === 0 ? null : integerValue(reader.compact(shape.bytes), shape.bytes)
    case 'bytes':
      return bytesToHex(reader.take(reader.length()))
    case 'fixedBytes':
      return bytesToHex(reader.take(shape.length))
    case 'account':
      return encodeAddress(reader.take(32), types.ss58Format)
    case 'struct':
    case 'tuple':
    case 'vec':
    case 'array':
      return decodeSequence(types, shape, reader)
    case 'option':
      return decodeOption(types, shape.inner, reader)
    case 'enum':
      return decodeEnum(types, shape, reader)
    case 'call':
      return decodeCall(types, reader)
    case 'opaque':
      return decodeOpaque(types, shape.inner, reader)
    case 'bits':
      return decodeBits(shape.bytes, shape.isMsb, reader)
    case 'foreign':
      return decodeForeign(types, shape.name, reader)
    case 'unknown':
      throw new ShapeError(`the metadata names the type ${shape.name}, which is not defined`)
    default:
      return decodePlain(shape.kind, reader)
  }
}

function decodePlain(kind: 'bool' | 'char' | 'str', reader: ShapeReader): ChainValue {
  if (kind === 'bool') return decodeFlag(reader, 'bool')
  if (kind === 'str') return decodeText(reader.take(reader.length()))
  const code = Number(decodeUint(reader.take(4)))
  if (code > 0x10ffff || (code >= 0xd800 && code < 0xe000)) throw new ShapeError(`no Unicode scalar: ${code}`)
  return String.fromCodePoint(code)
}

function decodeFlag(reader: ShapeReader, what: string): boolean {
  const byte = reader.byte()
  if (byte > 1) throw new ShapeError(`${what} at ${reader.offset - 1} is ${byte}, neither 0 nor 1`)
  return byte === 1
}

function decodeText(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
  } catch {
    throw new ShapeError('text is not UTF-8')
  }
}

function decodeInteger(bytes: Uint8Array, isSigned: boolean): ChainValue {
  const bits = bytes.length * 8
  const unsigned = decodeUint(bytes)
  return integerValue(isSigned ? BigInt.asIntN(bits, unsigned) : unsigned, bytes.length)
}

function integerValue(value: bigint, width: number): ChainValue {
  return width <= 4 ? Number(value) : value.toString()
}

type SequenceShape = Extract<Shape, { kind: 'struct' | 'tuple' | 'vec' | 'array' }>

function decodeSequence(types: TypeTable, shape: SequenceShape, reader: ShapeReader): ChainValue {
  if (shape.kind === 'struct') return decodeFields(types, shape.fields, reader)
  if (shape.kind === 'tuple') {
    return shape.items.length === 0
      ? null
      : shape.items.map((item, index) => decodeStep(types, item, reader, index))
  }
  return decodeItems(types, shape.inner, shape.kind === 'array' ? shape.length : reader.length(), reader)
}

/** Items of a `Vec` or array. A runtime may hold a huge count of empty items; we refuse to. */
function decodeItems(types: TypeTable, inner: TypeRef, count: number, reader: ShapeReader): ChainValue[] {
  const values: ChainValue[] = []
  const start = reader.offset
  for (let i = 0; i < count; i++) {
    values.push(decodeStep(types, inner, reader, i))
    if (i === 65_535 && reader.offset === start) throw new ShapeError(`${count} items that take no bytes`)
  }
  return values
}

/** Fields of a struct or a variant: an object when named, an array when not, null without fields. */
export function decodeFields(
  types: TypeTable,
  fields: readonly ShapeField[],
  reader: ShapeReader,
): ChainValue {
  if (fields.length === 0) return null
  if (fields[0]?.name === null) {
    return fields.map((field, index) => decodeStep(types, field.type, reader, index))
  }
  return Object.fromEntries(
    fields.map((field, index) => {
      const name = field.name ?? String(index)
      return [name, decodeStep(types, field.type, reader, name)]
    }),
  )
}

function decodeStep(types: TypeTable, type: TypeRef, reader: ShapeReader, step: string | number): ChainValue {
  try {
    return decodeShape(types, type, reader)
  } catch (error) {
    throw error instanceof ShapeError ? error.within(String(step)) : error
  }
}

function decodeOption(types: TypeTable, inner: TypeRef, reader: ShapeReader): ChainValue {
  if (!decodeFlag(reader, 'option')) return null
  const value = decodeShape(types, inner, reader)
  return isNullable(types, inner) ? { Some: value } : value
}

function decodeEnum(
  types: TypeTable,
  shape: Extract<Shape, { kind: 'enum' }>,
  reader: ShapeReader,
): ChainValue {
  const index = reader.byte()
  const variant = shape.variants.get(index)
  if (variant === undefined) throw new ShapeError(`no variant ${index} at ${reader.offset - 1}`)
  const [only] = variant.fields
  if (only === undefined) return variant.name
  if (variant.fields.length === 1 && only.name === null) {
    return { [variant.name]: decodeStep(types, only.type, reader, variant.name) }
  }
  try {
    return { [variant.name]: decodeFields(types, variant.fields, reader) }
  } catch (error) {
    throw error instanceof ShapeError ? error.within(variant.name) : error
  }
}

/** A call as data; `args` is empty for a call without arguments. */
export interface CallValue {
  readonly pallet: string
  readonly call: string
  readonly args: { readonly [name: string]: ChainValue }
}

/** Reads one call: pallet index, call index, arguments. */
export function decodeCall(
  types: TypeTable,
  reader: ShapeReader,
): CallValue & { readonly [name: string]: ChainValue } {
  const palletIndex = reader.byte()
  const pallet = types.calls.get(palletIndex)
  if (pallet === undefined) throw new ShapeError(`no pallet with calls at index ${palletIndex}`)
  const callIndex = reader.byte()
  const variant = pallet.variants.get(callIndex)
  if (variant === undefined) throw new ShapeError(`${pallet.pallet} has no call ${callIndex}`)
  const step = `${pallet.pallet}.${variant.name}`
  const args: Record<string, ChainValue> = {}
  variant.fields.forEach((field, index) => {
    const name = field.name ?? String(index)
    args[name] = decodeStep(types, field.type, reader, `${step}.${name}`)
  })
  return { pallet: pallet.pallet, call: variant.name, args }
}

function decodeOpaque(types: TypeTable, inner: TypeRef, reader: ShapeReader): ChainValue {
  const content = new ShapeReader(reader.take(reader.length()))
  content.depth = reader.depth
  const value = decodeShape(types, inner, content)
  if (content.remaining !== 0) throw new ShapeError(`${content.remaining} bytes left in an opaque wrapper`)
  return value
}

function decodeBits(bytes: number, isMsb: boolean, reader: ShapeReader): string {
  const count = reader.length()
  const words = reader.take(Math.ceil(count / (bytes * 8)) * bytes)
  let text = '0b'
  for (let i = 0; i < count; i++) {
    const { index, mask } = bitPosition(i, bytes, isMsb)
    text += ((words[index] ?? 0) & mask) === 0 ? '0' : '1'
  }
  return text
}

/** Where bit `i` of a bit sequence stands: byte and mask, with words little-endian. */
export function bitPosition(i: number, bytes: number, isMsb: boolean): { index: number; mask: number } {
  const bits = bytes * 8
  const inWord = isMsb ? bits - 1 - (i % bits) : i % bits
  return { index: Math.floor(i / bits) * bytes + (inWord >> 3), mask: 1 << (inWord & 7) }
}

function decodeForeign(types: TypeTable, name: string, reader: ShapeReader): ChainValue {
  const rest = reader.bytes.subarray(reader.offset)
  const { value, length } = types.foreign.decode(name, rest)
  reader.take(length)
  return value
}
