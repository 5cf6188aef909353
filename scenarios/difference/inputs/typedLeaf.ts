import type { ChainValue, TypeRef, TypeTable } from '../../../harness/codec/index.ts'

/** A value without parts, with what it is. */
export interface TypedLeaf {
  /** As `leafType` tells. */
  readonly type: string
  /** Of the field or item that holds it; null in a key. */
  readonly name: string | null
  readonly value: ChainValue
}

const ITEMS_SEEN = 3

/** `account`, `u16`, `h32`, `bytes`: types whose values can stand for each other; null for what has parts. */
export function leafType(types: TypeTable, type: TypeRef): string | null {
  const shape = types.shape(type)
  switch (shape.kind) {
    case 'account':
    case 'bytes':
    case 'str':
    case 'bool':
      return shape.kind
    case 'uint':
    case 'compact':
      return `u${shape.bytes * 8}`
    case 'int':
      return `i${shape.bytes * 8}`
    case 'fixedBytes':
      return `h${shape.length}`
    default:
      return null
  }
}

/** The leaves of a decoded value; of long lists the first few items. */
export function leavesOf(
  types: TypeTable,
  type: TypeRef,
  { value, name }: { readonly value: ChainValue; readonly name: string | null },
): readonly TypedLeaf[] {
  const leaf = leafType(types, type)
  if (leaf !== null) return [{ type: leaf, name, value }]
  const shape = types.shape(type)
  switch (shape.kind) {
    case 'vec':
    case 'array': {
      const items: readonly ChainValue[] = Array.isArray(value) ? value.slice(0, ITEMS_SEEN) : []
      return items.flatMap((item) => leavesOf(types, shape.inner, { value: item, name }))
    }
    case 'option':
      return value === null ? [] : leavesOf(types, shape.inner, { value, name })
    case 'tuple':
      return Array.isArray(value)
        ? shape.items.flatMap((item, i) => leavesOf(types, item, { value: value[i] ?? null, name }))
        : []
    case 'struct':
      return shape.fields.flatMap((field, i) => {
        const part = partOf(value, field.name ?? i)
        return part === undefined
          ? []
          : leavesOf(types, field.type, { value: part, name: field.name ?? name })
      })
    default:
      return []
  }
}

function partOf(value: ChainValue, step: string | number): ChainValue | undefined {
  if (typeof value !== 'object' || value === null) return undefined
  // SAFETY: an index into an array, or a name into an object, of chain values.
  return (value as { readonly [name: string]: ChainValue })[String(step)]
}
