import type { PortableRegistry } from '@polkadot/types'
import type { SiField, SiType, SiTypeDefPrimitive, SiVariant } from '@polkadot/types/interfaces'
import type { Shape, ShapeField, ShapeVariant, TypeRef } from '../shape/shape.ts'

/** Where the types of a runtime's metadata come from. */
export interface PortableTypesOptions {
  readonly lookup: PortableRegistry
  /** The lookup ids of the outermost call enum. */
  readonly callTypes: ReadonlySet<TypeRef>
  /** Shape of a type that metadata before V14 names. */
  historicShape(name: string): Shape
}

/** Shape of portable type `type`. Throws when the lookup does not have it. */
export function portableShape(options: PortableTypesOptions, type: TypeRef): Shape {
  if (options.callTypes.has(type)) return { kind: 'call' }
  const { def, path, params } = siType(options, type)
  const names = path.map(String)
  const special = namedShape(names, params)
  if (special !== null) return special
  if (def.isComposite) return compositeShape(options, def.asComposite.fields)
  if (def.isVariant) return variantShape(names, params, def.asVariant.variants)
  if (def.isSequence) {
    const inner = def.asSequence.type.toNumber()
    return isByte(options, inner) ? { kind: 'bytes' } : { kind: 'vec', inner }
  }
  if (def.isArray) {
    const inner = def.asArray.type.toNumber()
    const length = def.asArray.len.toNumber()
    return isByte(options, inner) ? { kind: 'fixedBytes', length } : { kind: 'array', inner, length }
  }
  if (def.isTuple)
    return tupleShape(
      options,
      def.asTuple.map((item) => item.toNumber()),
    )
  if (def.isPrimitive) return primitiveShape(def.asPrimitive)
  if (def.isCompact) return { kind: 'compact', bytes: compactBytes(options, def.asCompact.type.toNumber()) }
  if (def.isBitSequence) return bitsShape(options, def.asBitSequence)
  return options.historicShape(def.asHistoricMetaCompat.toString())
}

function siType({ lookup }: PortableTypesOptions, type: TypeRef): SiType {
  return lookup.getSiType(type)
}

/** Types that are told by their path, as their layout says too little. */
function namedShape(path: readonly string[], params: SiType['params']): Shape | null {
  const last = path.at(-1)
  if (last === 'AccountId32') return { kind: 'account' }
  if (last === 'U256' && path[0] === 'primitive_types') return { kind: 'uint', bytes: 32 }
  if (last === 'WrapperKeepOpaque' || last === 'WrapperOpaque') {
    const inner = params[0]?.type
    if (inner?.isSome === true) return { kind: 'opaque', inner: inner.unwrap().toNumber() }
  }
  return null
}

function compositeShape(options: PortableTypesOptions, fields: readonly SiField[]): Shape {
  const shapes = toFields(fields)
  const [only] = shapes
  if (only === undefined) return { kind: 'tuple', items: [] }
  if (only.name !== null) return { kind: 'struct', fields: shapes }
  return tupleShape(
    options,
    shapes.map(({ type }) => type),
  )
}

function tupleShape(options: PortableTypesOptions, items: readonly TypeRef[]): Shape {
  const [only] = items
  return only !== undefined && items.length === 1 ? portableShape(options, only) : { kind: 'tuple', items }
}

function variantShape(
  path: readonly string[],
  params: SiType['params'],
  variants: readonly SiVariant[],
): Shape {
  const inner = params[0]?.type
  if (path.length === 1 && path[0] === 'Option' && inner?.isSome === true) {
    return { kind: 'option', inner: inner.unwrap().toNumber() }
  }
  return { kind: 'enum', variants: toVariants(variants) }
}

/** Variants by their index. */
export function toVariants(variants: readonly SiVariant[]): ReadonlyMap<number, ShapeVariant> {
  return new Map(
    variants.map(({ docs, fields, index, name }) => [
      index.toNumber(),
      {
        name: name.toString(),
        index: index.toNumber(),
        fields: toFields(fields),
        docs: docs.map(String),
      },
    ]),
  )
}

function toFields(fields: readonly SiField[]): ShapeField[] {
  return fields.map(({ name, type }) => ({
    name: name.isSome ? name.unwrap().toString() : null,
    type: type.toNumber(),
  }))
}

function primitiveShape(primitive: SiTypeDefPrimitive): Shape {
  const name = primitive.toString().toLowerCase()
  if (name === 'bool' || name === 'char' || name === 'str') return { kind: name }
  const bytes = Number(name.slice(1)) / 8
  return { kind: name.startsWith('i') ? 'int' : 'uint', bytes }
}

function isByte(options: PortableTypesOptions, type: TypeRef): boolean {
  const { def } = siType(options, type)
  return def.isPrimitive && def.asPrimitive.isU8
}

/** Width of the integer that `Compact<T>` holds; `T` may be a struct of one field (`CompactAs`). */
function compactBytes(options: PortableTypesOptions, type: TypeRef): number {
  const shape = portableShape(options, type)
  if (shape.kind === 'uint') return shape.bytes
  if (shape.kind === 'tuple' && shape.items.length === 0) return 0
  const only = shape.kind === 'struct' && shape.fields.length === 1 ? shape.fields[0] : undefined
  if (only === undefined) throw new TypeError(`Compact of type ${type}, which is not an integer`)
  return compactBytes(options, only.type)
}

function bitsShape(
  options: PortableTypesOptions,
  { bitOrderType, bitStoreType }: SiType['def']['asBitSequence'],
): Shape {
  // scale-info once wrote the two in the other order.
  const types = [bitOrderType.toNumber(), bitStoreType.toNumber()]
  const isMsb = types.some((type) => siType(options, type).path.at(-1)?.toString().includes('Msb0') === true)
  const store = types.find((type) => siType(options, type).def.isPrimitive)
  const shape = store === undefined ? undefined : portableShape(options, store)
  return { kind: 'bits', bytes: shape?.kind === 'uint' ? shape.bytes : 1, isMsb }
}
