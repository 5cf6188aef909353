import type { ChainValue, ShapeField, TypeRef } from '../../harness/codec/index.ts'
import { type Generator, generateFields, generateValue, integerValue } from './generateValue.ts'
import { chance, pick } from './rng.ts'

const MAX_ITEMS = 512
const MAX_HEX = 2 * 16_384

/** The fields with one changed a little, or made anew. */
export function mutateFields(
  generator: Generator,
  fields: readonly ShapeField[],
  value: ChainValue,
): ChainValue {
  const { rng } = generator
  if (fields.length === 0) return value
  if (value === null || typeof value !== 'object' || Array.isArray(value) || chance(rng, 10)) {
    return generateFields(generator, fields)
  }
  const field = pick(rng, fields)
  if (field.name === null) return generateFields(generator, fields)
  // SAFETY: neither null nor a list, so fields by name.
  const named = value as Readonly<Record<string, ChainValue>>
  const mutated = mutateValue(generator, field.type, { value: named[field.name] ?? null, name: field.name })
  return { ...named, [field.name]: mutated }
}

/** A value of the type that differs a little from the given one, or is made anew. */
export function mutateValue(
  generator: Generator,
  type: TypeRef,
  { value, name }: { readonly value: ChainValue; readonly name: string },
): ChainValue {
  const { rng, types } = generator
  const shape = types.shape(type)
  if (chance(rng, 25)) return generateValue(generator, type, name)
  if (shape.kind === 'vec' && Array.isArray(value) && value.length > 0) {
    return mutateList(generator, shape.inner, { list: value, name })
  }
  if (shape.kind === 'bytes' && typeof value === 'string' && value.length > 4) {
    return mutateHex(generator, value)
  }
  if ((shape.kind === 'uint' || shape.kind === 'compact') && shape.bytes > 0 && isNumeric(value)) {
    const most = (1n << BigInt(8 * shape.bytes)) - 1n
    const change = pick(rng, [1n, -1n, 2n, -2n, 1n << BigInt(rng.int(8 * shape.bytes))])
    return integerValue((BigInt(value) + change) & most, shape.bytes)
  }
  if (shape.kind === 'struct') return mutateFields(generator, shape.fields, value)
  return generateValue(generator, type, name)
}

function isNumeric(value: ChainValue): value is number | string {
  return typeof value === 'number'
    ? Number.isInteger(value)
    : typeof value === 'string' && /^\d+$/.test(value)
}

function mutateList(
  generator: Generator,
  inner: TypeRef,
  { list, name }: { readonly list: readonly ChainValue[]; readonly name: string },
): ChainValue {
  const { rng } = generator
  const copy = [...list]
  const at = rng.int(copy.length)
  switch (rng.int(4)) {
    case 0:
      copy.splice(at, 1)
      return copy
    case 1:
      copy.splice(at, 0, generateValue(generator, inner, name, 2))
      return copy
    case 2:
      copy[at] = mutateValue(generator, inner, { value: copy[at] ?? null, name })
      return copy
    default:
      return [...copy, ...copy].slice(0, MAX_ITEMS)
  }
}

function mutateHex({ rng }: Generator, value: string): string {
  const bytes = (value.length - 2) / 2
  const at = 2 + 2 * rng.int(bytes)
  switch (rng.int(3)) {
    case 0:
      return value.length < MAX_HEX ? value + value.slice(2) : value
    case 1:
      return value.slice(0, at)
    default:
      return value.slice(0, at) + pick(rng, ['28', '29', '61', '00', 'ff']) + value.slice(at + 2)
  }
}
