import { getTypeDef, TypeDefInfo, type TypeRegistry } from '@polkadot/types'
import type { Codec, TypeDef } from '@polkadot/types/types'
import { isEqualBytes } from '../../base/bytes.ts'
import { errorMessage } from '../../base/errors.ts'
import { isRecord } from '../shape/encodeShape.ts'
import {
  type ChainInput,
  type ChainValue,
  type ForeignTypes,
  type Shape,
  ShapeError,
  type ShapeField,
  type TypeRef,
} from '../shape/shape.ts'

/**
 * Metadata before V14 names types (`Vec<(AccountId, BalanceOf<T>)>`) without saying what they are. `@polkadot/types` knows
 * the names of FRAME; its definitions are turned into shapes, and types that it implements as a class stay with it.
 */
export interface HistoricTypes {
  /** Shape of a type by name. */
  shape(name: string): Shape
  /** Reference to a type by name, for use as a nested type. */
  reference(name: string): TypeRef
  /** The shape of a reference that `reference` gave out. */
  resolve(type: TypeRef): Shape | undefined
}

/** Definitions that differ from the current ones in every runtime with metadata before V14. */
export const HISTORIC_DEFINITIONS: Readonly<Record<string, string>> = {
  Weight: 'u64',
  DispatchError: 'DispatchErrorPre6First',
  DispatchErrorModule: 'DispatchErrorModuleU8',
  RuntimeVersion: 'RuntimeVersionPre4',
}

const SHAPES: Readonly<Record<string, Shape>> = {
  AccountId: { kind: 'account' },
  GenericAccountId: { kind: 'account' },
  GenericAccountIndex: { kind: 'uint', bytes: 4 },
  Bool: { kind: 'bool' },
  bool: { kind: 'bool' },
  Bytes: { kind: 'bytes' },
  BitVec: { kind: 'bits', bytes: 1, isMsb: false },
  Call: { kind: 'call' },
  GenericCall: { kind: 'call' },
  GenericConsensusEngineId: { kind: 'fixedBytes', length: 4 },
  GenericVote: { kind: 'uint', bytes: 1 },
  H160: { kind: 'fixedBytes', length: 20 },
  H256: { kind: 'fixedBytes', length: 32 },
  H512: { kind: 'fixedBytes', length: 64 },
  Null: { kind: 'tuple', items: [] },
  StorageKey: { kind: 'bytes' },
  Text: { kind: 'str' },
}

const MULTI_ADDRESS = JSON.stringify({
  _enum: { Id: 'AccountId', Index: 'Compact<u32>', Raw: 'Bytes', Address32: 'H256', Address20: 'H160' },
})

/** Types by name over a registry of definitions; references start at `firstReference`. */
export function createHistoricTypes(registry: TypeRegistry, firstReference: TypeRef): HistoricTypes {
  const references = new Map<string, TypeRef>()
  const names: string[] = []
  const shapes = new Map<string, Shape>()
  const types: HistoricTypes = {
    shape(name) {
      const known = shapes.get(name)
      if (known !== undefined) return known
      const made = namedShape({ registry, types }, name)
      shapes.set(name, made)
      return made
    },
    reference(name) {
      const known = references.get(name)
      if (known !== undefined) return known
      const reference = firstReference + names.length
      names.push(name)
      references.set(name, reference)
      return reference
    },
    resolve(type) {
      const name = names[type - firstReference]
      return name === undefined ? undefined : types.shape(name)
    },
  }
  return types
}

interface Resolver {
  readonly registry: TypeRegistry
  readonly types: HistoricTypes
}

function namedShape(resolver: Resolver, name: string): Shape {
  const def = getTypeDef(name)
  if (def.info !== TypeDefInfo.Plain) return definedShape(resolver, def)
  const known = plainShape(def.type)
  if (known !== null) return known
  if (def.type === 'GenericMultiAddress') return resolver.types.shape(MULTI_ADDRESS)
  const definition = resolver.registry.getDefinition(def.type)
  if (definition !== undefined && definition !== name) return resolver.types.shape(definition)
  return { kind: resolver.registry.hasClass(def.type) ? 'foreign' : 'unknown', name: def.type }
}

function plainShape(type: string): Shape | null {
  const known = Object.hasOwn(SHAPES, type) ? SHAPES[type] : undefined
  if (known !== undefined) return known
  const [, sign, bits] = /^([uUiI])(8|16|32|64|128|256)$/.exec(type) ?? []
  if (sign === undefined) return null
  return { kind: sign.toLowerCase() === 'i' ? 'int' : 'uint', bytes: Number(bits) / 8 }
}

function definedShape(resolver: Resolver, def: TypeDef): Shape {
  const subs = Array.isArray(def.sub) ? def.sub : def.sub === undefined ? [] : [def.sub]
  const items = subs.map((sub) => resolver.types.reference(sub.type))
  const inner = items[0] ?? resolver.types.reference('Null')
  switch (def.info) {
    case TypeDefInfo.UInt:
      return { kind: 'uint', bytes: (def.length ?? 0) / 8 }
    case TypeDefInfo.Int:
      return { kind: 'int', bytes: (def.length ?? 0) / 8 }
    case TypeDefInfo.Compact:
      return { kind: 'compact', bytes: compactBytes(resolver, inner) }
    case TypeDefInfo.Option:
      return { kind: 'option', inner }
    case TypeDefInfo.Vec:
    case TypeDefInfo.BTreeSet:
      return listShape(resolver, inner, null)
    case TypeDefInfo.VecFixed:
      return listShape(resolver, inner, def.length ?? 0)
    case TypeDefInfo.BTreeMap:
    case TypeDefInfo.HashMap:
      return { kind: 'vec', inner: resolver.types.reference(`(${subs.map(({ type }) => type).join(',')})`) }
    case TypeDefInfo.Tuple:
      return items.length === 1 ? resolved(resolver, inner) : { kind: 'tuple', items }
    case TypeDefInfo.Struct:
      return structShape(resolver, subs)
    case TypeDefInfo.Enum:
      return enumShape(resolver, subs)
    case TypeDefInfo.Result:
      return resultShape(items)
    case TypeDefInfo.Linkage:
      return linkageShape(resolver, subs[0]?.type ?? 'Null')
    case TypeDefInfo.WrapperKeepOpaque:
    case TypeDefInfo.WrapperOpaque:
      return { kind: 'opaque', inner }
    case TypeDefInfo.Null:
      return { kind: 'tuple', items: [] }
    case TypeDefInfo.DoNotConstruct:
      return { kind: 'unknown', name: def.displayName ?? def.type }
    default:
      return { kind: 'foreign', name: def.type }
  }
}

function resolved(resolver: Resolver, type: TypeRef): Shape {
  return resolver.types.resolve(type) ?? { kind: 'unknown', name: String(type) }
}

function listShape(resolver: Resolver, inner: TypeRef, length: number | null): Shape {
  const item = resolved(resolver, inner)
  const isBytes = item.kind === 'uint' && item.bytes === 1
  if (length === null) return isBytes ? { kind: 'bytes' } : { kind: 'vec', inner }
  return isBytes ? { kind: 'fixedBytes', length } : { kind: 'array', inner, length }
}

function structShape({ types }: Resolver, subs: readonly TypeDef[]): Shape {
  const fields = subs.map((sub) => ({ name: sub.name ?? null, type: types.reference(sub.type) }))
  return fields.length === 0 ? { kind: 'tuple', items: [] } : { kind: 'struct', fields }
}

function enumShape({ types }: Resolver, subs: readonly TypeDef[]): Shape {
  const variants = subs.map((sub, position) => {
    const index = sub.index ?? position
    return [
      index,
      { name: sub.name ?? String(index), index, fields: variantFields(types, sub), docs: [] },
    ] as const
  })
  return { kind: 'enum', variants: new Map(variants) }
}

function variantFields(types: HistoricTypes, sub: TypeDef): readonly ShapeField[] {
  if (sub.type === 'Null') return []
  const inner = sub.info === TypeDefInfo.Struct || sub.info === TypeDefInfo.Tuple ? sub.sub : undefined
  if (!Array.isArray(inner)) return [{ name: null, type: types.reference(sub.type) }]
  return inner.map(({ name, type }) => ({ name: name ?? null, type: types.reference(type) }))
}

function resultShape(items: readonly TypeRef[]): Shape {
  const variants = ['Ok', 'Err'].map((name, index) => {
    const type = items[index]
    return [
      index,
      { name, index, fields: type === undefined ? [] : [{ name: null, type }], docs: [] },
    ] as const
  })
  return { kind: 'enum', variants: new Map(variants) }
}

function linkageShape({ types }: Resolver, key: string): Shape {
  const type = types.reference(`Option<${key}>`)
  return {
    kind: 'struct',
    fields: [
      { name: 'previous', type },
      { name: 'next', type },
    ],
  }
}

function compactBytes(resolver: Resolver, inner: TypeRef): number {
  const shape = resolved(resolver, inner)
  if (shape.kind === 'uint') return shape.bytes
  const only = shape.kind === 'struct' && shape.fields.length === 1 ? shape.fields[0] : undefined
  // Types that polkadot implements as an integer class (`Perbill`, `Moment`): u128 bounds them all.
  return only === undefined ? 16 : compactBytes(resolver, only.type)
}

/** Decoding and encoding by polkadot's classes, made strict by encoding again. */
export function createForeignTypes(registry: TypeRegistry): ForeignTypes {
  return {
    decode(name, bytes) {
      const value = readForeign(registry, name, bytes)
      const length = value.encodedLength
      if (length > bytes.length || !isEqualBytes(value.toU8a(), bytes.subarray(0, length))) {
        throw new ShapeError(`the bytes are not a ${name}`)
      }
      // SAFETY: AnyJson is what JSON can hold, which is what ChainValue is.
      return { value: value.toJSON() as ChainValue, length }
    },
    encode(name, value) {
      return registry.createTypeUnsafe(name, [plain(value)]).toU8a()
    },
  }
}

function readForeign(registry: TypeRegistry, name: string, bytes: Uint8Array): Codec {
  try {
    // A copy, since polkadot takes views into what it is given.
    return registry.createTypeUnsafe(name, [bytes.slice()])
  } catch (error) {
    throw new ShapeError(`the bytes are not a ${name}: ${errorMessage(error)}`)
  }
}

/** Bigints as text, since not all polkadot classes take them nested. */
function plain(value: ChainInput): unknown {
  if (typeof value === 'bigint') return value.toString()
  if (Array.isArray(value)) return value.map(plain)
  if (!isRecord(value)) return value
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, plain(item)]))
}
