import type { ShapeField, TypeRef, TypeTable } from '../../harness/codec/index.ts'

/** True for a type of which every value takes no bytes, such as `()` or a struct of nothing else. */
export function isZeroSized(
  types: TypeTable,
  type: TypeRef,
  outer: ReadonlySet<TypeRef> = new Set(),
): boolean {
  if (outer.has(type)) return false
  const within = new Set([...outer, type])
  const areZero = (inner: readonly TypeRef[]) => inner.every((one) => isZeroSized(types, one, within))
  const shape = types.shape(type)
  switch (shape.kind) {
    case 'tuple':
      return areZero(shape.items)
    case 'struct':
      return areZero(shape.fields.map(({ type: field }: ShapeField) => field))
    case 'array':
      return shape.length === 0 || areZero([shape.inner])
    case 'compact':
      return shape.bytes === 0
    case 'fixedBytes':
      return shape.length === 0
    default:
      return false
  }
}
