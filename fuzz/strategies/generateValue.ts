import type { ChainValue, Shape, ShapeField, TypeRef, TypeTable } from '../../harness/codec/index.ts'
import { hasValues, isLeftOut } from './leftOut.ts'
import { chance, pick, type Rng } from './rng.ts'
import type { ValuePools } from './valuePools.ts'

export interface Generator {
  readonly types: TypeTable
  readonly pools: ValuePools
  readonly rng: Rng
}

const DEPTH = 4
const MAX_BYTES = 16_384
const BOUNDARY_LENGTHS = [0, 1, 2, 31, 32, 33, 63, 64, 65, 255, 256, 257, 1_024, 4_096, 16_384]
/** Parsers care for these: brackets, separators, digits, letters, both ends of a byte. */
const TELLING_BYTES = [0x28, 0x29, 0x5b, 0x7b, 0x22, 0x2c, 0x2e, 0x30, 0x61, 0x00, 0xff]

/** A value of any type: on-chain values and boundaries more often than others. `name`: of the parameter or field it is for. */
export function generateValue(generator: Generator, type: TypeRef, name = '', depth = DEPTH): ChainValue {
  const { types, rng, pools } = generator
  const named = pools.byName.get(name)
  if (named !== undefined && named.length > 0 && chance(rng, 50)) return pick(rng, named)
  const shape = types.shape(type)
  switch (shape.kind) {
    case 'bool':
      return chance(rng, 50)
    case 'str':
    case 'char':
      return shape.kind === 'char' ? 'a' : 'a'.repeat(rng.int(8))
    case 'bytes':
      return generateBytes(rng)
    case 'fixedBytes':
      return generateFixed(generator, shape.length)
    case 'account':
      return generateAccount(generator)
    case 'uint':
    case 'int':
    case 'compact':
      return generateInteger(generator, shape)
    case 'call':
      return generateCall(generator, depth - 2)
    case 'bits':
      return '0b'
    case 'foreign':
    case 'unknown':
      return null
    default:
      return generateNested(generator, shape, { name, depth })
  }
}

type Nested = Extract<Shape, { kind: 'vec' | 'array' | 'option' | 'opaque' | 'tuple' | 'struct' | 'enum' }>

function generateNested(
  generator: Generator,
  shape: Nested,
  { name, depth }: { name: string; depth: number },
): ChainValue {
  const { rng } = generator
  const inner = (type: TypeRef): ChainValue => generateValue(generator, type, name, depth - 1)
  switch (shape.kind) {
    case 'option':
      return chance(rng, 50) || depth <= 0 ? null : inner(shape.inner)
    case 'opaque':
      return generateValue(generator, shape.inner, name, depth)
    case 'vec': {
      const length = depth <= 0 ? 0 : listLength(rng)
      return Array.from({ length }, () => inner(shape.inner))
    }
    case 'array':
      return Array.from({ length: shape.length }, () => inner(shape.inner))
    case 'tuple':
      return shape.items.length === 0 ? null : shape.items.map(inner)
    case 'struct':
      return generateFields(generator, shape.fields, depth)
    case 'enum':
      return generateVariant(generator, shape, depth)
  }
}

function listLength(rng: Rng): number {
  return chance(rng, 85) ? rng.int(5) : chance(rng, 90) ? rng.int(40) : pick(rng, [64, 256, 257])
}

/** The fields of a call, struct or variant, as its shape wants them. Lists beside one another mostly get one length. */
export function generateFields(
  generator: Generator,
  fields: readonly ShapeField[],
  depth = DEPTH,
): ChainValue {
  if (fields.length === 0) return null
  const values = fields.map((field) => generateValue(generator, field.type, field.name ?? '', depth))
  evenLists(generator, fields, values)
  if (fields[0]?.name === null) return fields.length === 1 ? (values[0] ?? null) : values
  return Object.fromEntries(fields.map((field, i) => [field.name ?? '', values[i] ?? null]))
}

function evenLists({ rng, types }: Generator, fields: readonly ShapeField[], values: ChainValue[]): void {
  const lists = values.flatMap((value, i) => {
    const type = fields[i]?.type
    const isList = type !== undefined && types.shape(type).kind === 'vec' && Array.isArray(value)
    return isList ? [{ value, i }] : []
  })
  if (lists.length < 2 || !chance(rng, 80)) return
  const shortest = Math.min(...lists.map(({ value }) => value.length))
  for (const { value, i } of lists) values[i] = value.slice(0, shortest)
}

function generateVariant(
  generator: Generator,
  shape: Extract<Shape, { kind: 'enum' }>,
  depth: number,
): ChainValue {
  const { rng } = generator
  const all = [...shape.variants.values()]
  const id = all.find((variant) => variant.name === 'Id')
  const plain = all.filter((variant) => variant.fields.length === 0)
  const usable = depth > 0 || plain.length === 0 ? all : plain
  if (usable.length === 0) return null
  const variant = id !== undefined && chance(rng, 95) ? id : pick(rng, usable)
  if (variant.fields.length === 0) return variant.name
  return { [variant.name]: generateFields(generator, variant.fields, depth - 1) }
}

/** A call of any pallet, as a value. */
export function generateCall(generator: Generator, depth: number): ChainValue {
  const pallets = [...generator.types.calls.values()].filter(({ variants }) => variants.size > 0)
  if (depth <= 0 || pallets.length === 0) return { pallet: 'System', call: 'remark', args: { remark: '0x' } }
  const { pallet, variants } = pick(generator.rng, pallets)
  const usable = [...variants.values()].filter(
    ({ name, fields }) =>
      !isLeftOut(pallet, name) && fields.every(({ type }) => hasValues(generator.types, type)),
  )
  if (usable.length === 0) return { pallet: 'System', call: 'remark', args: { remark: '0x' } }
  const variant = pick(generator.rng, usable)
  return { pallet, call: variant.name, args: generateFields(generator, variant.fields, depth) }
}

function generateAccount({ rng, pools }: Generator): string {
  return pools.accounts.length > 0 && chance(rng, 95) ? pick(rng, pools.accounts) : randomHex(rng, 32)
}

function generateFixed({ rng, pools }: Generator, length: number): string {
  const known = pools.fixedBytes.get(length)
  if (known !== undefined && known.length > 0 && chance(rng, 60)) return pick(rng, known)
  return chance(rng, 50) ? `0x${'00'.repeat(length)}` : randomHex(rng, length)
}

function generateBytes(rng: Rng): string {
  const length = chance(rng, 75) ? rng.int(12) : pick(rng, BOUNDARY_LENGTHS)
  const style = rng.int(3)
  if (style === 0) return randomHex(rng, length)
  const one = pick(rng, TELLING_BYTES)
  let text = '0x'
  for (let i = 0; i < Math.min(length, MAX_BYTES); i++) {
    text += byteHex(style === 1 ? one : pick(rng, TELLING_BYTES))
  }
  return text
}

function generateInteger(
  { rng, pools }: Generator,
  shape: { readonly kind: string; readonly bytes: number },
): ChainValue {
  const bits = 8 * shape.bytes
  if (bits === 0) return null
  const most = (1n << BigInt(bits)) - 1n
  let value: bigint
  const style = rng.int(10)
  if (style < 4) value = BigInt(rng.int(8))
  else if (style < 6 && pools.integers.length > 0) value = pick(rng, pools.integers) & most
  else if (style < 8) value = pick(rng, [0n, 1n, most, most - 1n, most >> 1n, 1n << BigInt(rng.int(bits))])
  else value = randomBits(rng, 1 + rng.int(bits))
  return integerValue(shape.kind === 'int' ? BigInt.asIntN(bits, value) : value, shape.bytes)
}

/** As decoding gives it: a number up to 32 bits, else text. */
export function integerValue(value: bigint, bytes: number): ChainValue {
  return bytes <= 4 ? Number(value) : value.toString()
}

function randomBits(rng: Rng, bits: number): bigint {
  let value = 0n
  for (let left = bits; left > 0; left -= 32) {
    value = (value << BigInt(Math.min(left, 32))) | BigInt(rng.int(2 ** Math.min(left, 32)))
  }
  return value
}

function randomHex(rng: Rng, length: number): string {
  let text = '0x'
  for (let i = 0; i < length; i++) text += byteHex(rng.int(256))
  return text
}

function byteHex(byte: number): string {
  return byte.toString(16).padStart(2, '0')
}
