import { decodeAddress } from '@polkadot/util-crypto'
import { concatBytes, hexToBytes, utf8ToBytes } from '../../base/bytes.ts'
import { encodeCompact, encodeUint } from '../scale.ts'
import { bitPosition } from './decodeShape.ts'
import {
  type ChainInput,
  isNullable,
  MAX_DEPTH,
  type Shape,
  ShapeError,
  type ShapeField,
  type ShapeVariant,
  type TypeRef,
  type TypeTable,
} from './shape.ts'

/** Encodes a value; one that does not fit its shape, down to a missing or unknown field, throws a `ShapeError`. */
export function encodeShape(types: TypeTable, type: TypeRef, value: ChainInput, depth = 0): Uint8Array {
  if (depth > MAX_DEPTH) throw new ShapeError(`nested deeper than ${MAX_DEPTH}`)
  const shape = types.shape(type)
  switch (shape.kind) {
    case 'uint':
    case 'int':
      return encodeInteger(value, shape.bytes, shape.kind === 'int')
    case 'compact':
      return shape.bytes === 0 ? new Uint8Array() : encodeBigCompact(toInteger(value, shape.bytes, false))
    case 'bytes':
      return withLength(toBytes(value))
    case 'fixedBytes':
      return sized(toBytes(value), shape.length)
    case 'account':
      return accountBytes(value)
    case 'call':
      return encodeCall(types, value, depth)
    case 'opaque':
      return withLength(encodeShape(types, shape.inner, value, depth + 1))
    case 'option':
      return encodeOption(types, shape.inner, value, depth)
    case 'enum':
      return encodeEnum(types, shape, value, depth)
    case 'struct':
      return encodeFields(types, shape.fields, value, depth)
    case 'tuple':
      return encodeTuple(types, shape.items, value, depth)
    case 'vec':
    case 'array':
      return encodeItems(types, shape, value, depth)
    case 'bits':
      return encodeBits(value, shape.bytes, shape.isMsb)
    case 'foreign':
      return types.foreign.encode(shape.name, value)
    case 'unknown':
      throw new ShapeError(`the metadata names the type ${shape.name}, which is not defined`)
    default:
      return encodePlain(shape.kind, value)
  }
}

function encodePlain(kind: 'bool' | 'char' | 'str', value: ChainInput): Uint8Array {
  if (kind === 'bool') {
    if (typeof value !== 'boolean') throw expected('true or false', value)
    return new Uint8Array([value ? 1 : 0])
  }
  if (typeof value !== 'string') throw expected('text', value)
  if (kind === 'str') return withLength(utf8ToBytes(value))
  const code = value.codePointAt(0)
  if (code === undefined || String.fromCodePoint(code) !== value) throw expected('one character', value)
  return encodeUint(code, 4)
}

function expected(what: string, value: ChainInput): ShapeError {
  return new ShapeError(`expected ${what}, found ${brief(value)}`)
}

function brief(value: ChainInput): string {
  if (value instanceof Uint8Array) return `${value.length} bytes`
  const text = JSON.stringify(value, (_, inner: unknown) =>
    typeof inner === 'bigint' ? inner.toString() : inner,
  )
  return text === undefined ? 'undefined' : text.length > 60 ? `${text.slice(0, 60)}…` : text
}

function toInteger(value: ChainInput, bytes: number, isSigned: boolean): bigint {
  const isText = typeof value === 'string' && /^-?\d+$/.test(value)
  if (!(isText || typeof value === 'bigint' || (typeof value === 'number' && Number.isSafeInteger(value)))) {
    throw expected('an integer (number, bigint or decimal text)', value)
  }
  const integer = BigInt(value)
  const bits = bytes * 8
  if (integer !== (isSigned ? BigInt.asIntN(bits, integer) : BigInt.asUintN(bits, integer))) {
    throw new ShapeError(`${integer} does not fit ${isSigned ? 'i' : 'u'}${bits}`)
  }
  return integer
}

function encodeInteger(value: ChainInput, bytes: number, isSigned: boolean): Uint8Array {
  return encodeUint(BigInt.asUintN(bytes * 8, toInteger(value, bytes, isSigned)), bytes)
}

/** Compact encoding of a non-negative integer below 2^536. */
export function encodeBigCompact(value: bigint): Uint8Array {
  if (value <= 0xffff_ffffn) return encodeCompact(Number(value))
  const width = Math.ceil(value.toString(16).length / 2)
  return concatBytes(new Uint8Array([((width - 4) << 2) | 3]), encodeUint(value, width))
}

function withLength(bytes: Uint8Array): Uint8Array {
  return concatBytes(encodeCompact(bytes.length), bytes)
}

function toBytes(value: ChainInput): Uint8Array {
  if (value instanceof Uint8Array) return value
  if (typeof value === 'string' && /^0x([0-9a-fA-F]{2})*$/.test(value)) return hexToBytes(value)
  throw expected('bytes (Uint8Array or 0x-hex)', value)
}

function sized(bytes: Uint8Array, length: number): Uint8Array {
  if (bytes.length !== length) throw new ShapeError(`expected ${length} bytes, found ${bytes.length}`)
  return bytes
}

/** 32 bytes of an account given as SS58 (any network), 0x-hex or bytes. */
export function accountBytes(value: ChainInput): Uint8Array {
  if (typeof value !== 'string' || value.startsWith('0x')) return sized(toBytes(value), 32)
  try {
    return sized(decodeAddress(value, true), 32)
  } catch {
    throw expected('an account (SS58, 0x-hex or 32 bytes)', value)
  }
}

function encodeOption(types: TypeTable, inner: TypeRef, value: ChainInput, depth: number): Uint8Array {
  if (value === null || value === undefined) return new Uint8Array([0])
  const content = isNullable(types, inner) ? entry(value, 'Some') : value
  return concatBytes(new Uint8Array([1]), encodeShape(types, inner, content, depth + 1))
}

function entry(value: ChainInput, name: string): ChainInput {
  if (!isRecord(value) || Object.keys(value).join() !== name) throw expected(`null or { ${name}: … }`, value)
  return value[name]
}

/** Whether the input is an object with named fields. */
export function isRecord(value: ChainInput): value is { readonly [name: string]: ChainInput } {
  return (
    typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Uint8Array)
  )
}

function isList(value: ChainInput): value is readonly ChainInput[] {
  return Array.isArray(value)
}

type EnumShape = Extract<Shape, { kind: 'enum' }>

function encodeEnum(types: TypeTable, shape: EnumShape, value: ChainInput, depth: number): Uint8Array {
  const [name, content] = variantOf(shape, value)
  const variant = findVariant(shape.variants.values(), name)
  if (variant === undefined) {
    throw new ShapeError(`no variant ${JSON.stringify(name)}; there are ${variantNames(shape)}`)
  }
  const [only] = variant.fields
  const isNewtype = variant.fields.length === 1 && only?.name === null
  const body = isNewtype
    ? encodeStep(types, only.type, content, { step: variant.name, depth })
    : within(variant.name, () => encodeFields(types, variant.fields, content, depth))
  return concatBytes(new Uint8Array([variant.index]), body)
}

/** Variant name and content; an account where a `MultiAddress` is wanted means its `Id`. */
function variantOf(shape: EnumShape, value: ChainInput): readonly [string, ChainInput] {
  if (typeof value === 'string' && findVariant(shape.variants.values(), value) !== undefined)
    return [value, null]
  if (isRecord(value)) {
    const [name, ...others] = Object.keys(value)
    if (name !== undefined && others.length === 0) return [name, value[name]]
  }
  const isAddress = shape.variants.get(0)?.name === 'Id'
  if (isAddress && (typeof value === 'string' || value instanceof Uint8Array)) return ['Id', value]
  throw expected(`a variant ('Name' or { Name: … }) of ${variantNames(shape)}`, value)
}

function variantNames(shape: EnumShape): string {
  return [...shape.variants.values()].map(({ name }) => name).join(', ')
}

/** The variant of that name, in the runtime's spelling or in camelCase. */
export function findVariant(variants: Iterable<ShapeVariant>, name: string): ShapeVariant | undefined {
  const all = [...variants]
  return (
    all.find((variant) => variant.name === name) ?? all.find((variant) => camelCase(variant.name) === name)
  )
}

/** `snake_case` and `PascalCase` names as @polkadot/api spells them. */
function camelCase(name: string): string {
  const joined = name.replace(/_+([a-zA-Z0-9])/g, (_, letter: string) => letter.toUpperCase())
  return joined.charAt(0).toLowerCase() + joined.slice(1)
}

/** Fields from an object (by name) or an array (by position). */
export function encodeFields(
  types: TypeTable,
  fields: readonly ShapeField[],
  value: ChainInput,
  depth = 0,
): Uint8Array {
  if (fields.length === 0) return new Uint8Array()
  const values = isList(value) ? listFields(fields, value) : namedFields(fields, value)
  return concatBytes(
    ...fields.map((field, index) =>
      encodeStep(types, field.type, values[index], { step: field.name ?? String(index), depth }),
    ),
  )
}

function listFields(fields: readonly ShapeField[], value: readonly ChainInput[]): readonly ChainInput[] {
  if (value.length !== fields.length) {
    throw new ShapeError(`expected ${fields.length} values (${fieldNames(fields)}), found ${value.length}`)
  }
  return value
}

function namedFields(fields: readonly ShapeField[], value: ChainInput): readonly ChainInput[] {
  if (!isRecord(value)) throw expected(`fields ${fieldNames(fields)}`, value)
  const left = new Set(Object.keys(value))
  const values = fields.map(({ name }, index) => {
    const key = [name ?? String(index), camelCase(name ?? '')].find((spelling) => left.has(spelling))
    if (key === undefined) throw new ShapeError(`field ${name ?? index} is missing`)
    left.delete(key)
    return value[key]
  })
  if (left.size > 0) throw new ShapeError(`no field ${[...left].join(', ')}; there are ${fieldNames(fields)}`)
  return values
}

function fieldNames(fields: readonly ShapeField[]): string {
  return fields.map(({ name }, index) => name ?? index).join(', ')
}

interface StepOptions {
  readonly step: string
  readonly depth: number
}

function encodeStep(
  types: TypeTable,
  type: TypeRef,
  value: ChainInput,
  { step, depth }: StepOptions,
): Uint8Array {
  return within(step, () => encodeShape(types, type, value, depth + 1))
}

function within(step: string, encode: () => Uint8Array): Uint8Array {
  try {
    return encode()
  } catch (error) {
    throw error instanceof ShapeError ? error.within(step) : error
  }
}

function encodeTuple(
  types: TypeTable,
  items: readonly TypeRef[],
  value: ChainInput,
  depth: number,
): Uint8Array {
  if (items.length === 0) return new Uint8Array()
  if (!isList(value) || value.length !== items.length) throw expected(`an array of ${items.length}`, value)
  return concatBytes(
    ...items.map((item, index) => encodeStep(types, item, value[index], { step: String(index), depth })),
  )
}

type ListShape = Extract<Shape, { kind: 'vec' | 'array' }>

function encodeItems(types: TypeTable, shape: ListShape, value: ChainInput, depth: number): Uint8Array {
  if (!isList(value)) throw expected('an array', value)
  const items = value.map((item, index) =>
    encodeStep(types, shape.inner, item, { step: String(index), depth }),
  )
  if (shape.kind === 'vec') return concatBytes(encodeCompact(items.length), ...items)
  if (items.length !== shape.length)
    throw new ShapeError(`expected ${shape.length} items, found ${items.length}`)
  return concatBytes(...items)
}

/** Encodes `{ pallet, call, args }`, or passes on an encoded call; errors as `encodeShape`. */
export function encodeCall(types: TypeTable, value: ChainInput, depth = 0): Uint8Array {
  if (value instanceof Uint8Array) return value
  if (!isRecord(value)) throw expected('a call: { pallet, call, args } or its encoding', value)
  const { pallet, call, args } = value as { pallet?: ChainInput; call?: ChainInput; args?: ChainInput }
  if (typeof pallet !== 'string' || typeof call !== 'string') {
    throw expected('a call: { pallet, call, args } or its encoding', value)
  }
  const target = findCall(types, pallet, call)
  const head = new Uint8Array([target.palletIndex, target.variant.index])
  return concatBytes(
    head,
    within(`${pallet}.${call}`, () => encodeFields(types, target.variant.fields, args ?? {}, depth + 1)),
  )
}

/** Indices and arguments of a call by name; a `ShapeError` when the runtime has no such call. */
export function findCall(
  types: TypeTable,
  pallet: string,
  call: string,
): { readonly palletIndex: number; readonly variant: ShapeVariant } {
  for (const candidate of types.calls.values()) {
    if (candidate.pallet !== pallet && camelCase(candidate.pallet) !== pallet) continue
    const variant = findVariant(candidate.variants.values(), call)
    if (variant !== undefined) return { palletIndex: candidate.index, variant }
  }
  throw new ShapeError(`the runtime has no call ${pallet}.${call}`)
}

function encodeBits(value: ChainInput, bytes: number, isMsb: boolean): Uint8Array {
  if (typeof value !== 'string' || !/^0b[01]*$/.test(value))
    throw expected("bits as text, such as '0b0101'", value)
  const count = value.length - 2
  const words = new Uint8Array(Math.ceil(count / (bytes * 8)) * bytes)
  for (let i = 0; i < count; i++) {
    const { index, mask } = bitPosition(i, bytes, isMsb)
    if (value[i + 2] === '1') words[index] = (words[index] ?? 0) | mask
  }
  return concatBytes(encodeCompact(count), words)
}
