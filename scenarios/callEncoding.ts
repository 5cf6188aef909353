import type { ChainCodec } from '../harness/codec/index.ts'
import type { Shape, ShapeField, TypeRef, TypeTable } from '../harness/codec/shape.ts'

/** A call of one runtime that another does not take in the same bytes. */
export interface ChangedCall {
  /** `Pallet.call`, as the older runtime names it. */
  readonly call: string
  readonly change: 'index' | 'arguments'
}

/**
 * Calls of `older` whose encoding `newer` reads otherwise: at another index, or with arguments of another layout. Names of
 * types and fields do not count, bytes do. New calls, and new variants inside arguments, change nothing for what was signed
 * before; a call that is gone is refused and not misread.
 */
export function changedCalls(older: ChainCodec, newer: ChainCodec): readonly ChangedCall[] {
  const changed: ChangedCall[] = []
  const there = byName(newer.metadata.types)
  for (const [name, old] of byName(older.metadata.types)) {
    const now = there.get(name)
    const layouts = { older: older.metadata.types, newer: newer.metadata.types, seen: new Set<string>() }
    if (now === undefined) continue
    if (now.index !== old.index) changed.push({ call: name, change: 'index' })
    else if (!sameFields(old.fields, now.fields, layouts)) changed.push({ call: name, change: 'arguments' })
  }
  return changed
}

interface CallShape {
  /** `pallet index, call index` */
  readonly index: string
  readonly fields: readonly ShapeField[]
}

function byName(types: TypeTable): Map<string, CallShape> {
  const calls = new Map<string, CallShape>()
  for (const { pallet, index, variants } of types.calls.values()) {
    for (const variant of variants.values()) {
      calls.set(`${pallet}.${variant.name}`, { index: `${index}, ${variant.index}`, fields: variant.fields })
    }
  }
  return calls
}

interface Layouts {
  readonly older: TypeTable
  readonly newer: TypeTable
  /** Pairs under comparison or compared already: types contain themselves. */
  readonly seen: Set<string>
}

function sameFields(a: readonly ShapeField[], b: readonly ShapeField[], layouts: Layouts): boolean {
  return sameTypes(
    a.map(({ type }) => type),
    b.map(({ type }) => type),
    layouts,
  )
}

function sameTypes(a: readonly TypeRef[], b: readonly TypeRef[], layouts: Layouts): boolean {
  return a.length === b.length && a.every((type, i) => sameLayout(type, b[i] ?? -1, layouts))
}

function sameLayout(a: TypeRef, b: TypeRef, layouts: Layouts): boolean {
  const pair = `${a} ${b}`
  if (layouts.seen.has(pair)) return true
  layouts.seen.add(pair)
  return sameShape(layouts.older.shape(a), layouts.newer.shape(b), layouts)
}

function sameShape(a: Shape, b: Shape, layouts: Layouts): boolean {
  if (a.kind === 'enum' && b.kind === 'enum') return keepsVariants(a, b, layouts)
  if (a.kind === 'struct' && b.kind === 'struct') return sameFields(a.fields, b.fields, layouts)
  if (a.kind === 'tuple' && b.kind === 'tuple') return sameTypes(a.items, b.items, layouts)
  if ('inner' in a && 'inner' in b && a.kind === b.kind) {
    const sameLength = a.kind !== 'array' || b.kind !== 'array' || a.length === b.length
    return sameLength && sameLayout(a.inner, b.inner, layouts)
  }
  return JSON.stringify(a) === JSON.stringify(b)
}

type EnumShape = Extract<Shape, { kind: 'enum' }>

/** Each variant of the older one is in the newer one, at its index, with the same fields. */
function keepsVariants(a: EnumShape, b: EnumShape, layouts: Layouts): boolean {
  for (const [index, variant] of a.variants) {
    const now = b.variants.get(index)
    if (now === undefined || !sameFields(variant.fields, now.fields, layouts)) return false
  }
  return true
}
