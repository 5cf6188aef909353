import type { ChainCodec, TypeRef } from '../../harness/codec/index.ts'

/** True when the runtime has the item and its value has a field at the path. */
export function hasField(
  codec: ChainCodec,
  [pallet, item]: readonly [pallet: string, item: string],
  ...path: readonly string[]
): boolean {
  let type: TypeRef | undefined = codec.item(pallet, item)?.value
  for (const name of path) {
    if (type === undefined) return false
    const shape = codec.metadata.types.shape(type)
    type = shape.kind === 'struct' ? shape.fields.find((field) => field.name === name)?.type : undefined
  }
  return type !== undefined
}

/** True when the runtime has the item as a map of so many key parts, whose values are integers. */
export function isIntegerMap(codec: ChainCodec, pallet: string, item: string, keyParts: number): boolean {
  const entry = codec.item(pallet, item)
  if (entry === null || entry.keys.length !== keyParts) return false
  return codec.metadata.types.shape(entry.value).kind === 'uint'
}

/** True when the runtime has the item as a map of so many key parts, whose values are lists. */
export function isListMap(codec: ChainCodec, pallet: string, item: string, keyParts: number): boolean {
  const entry = codec.item(pallet, item)
  if (entry === null || entry.keys.length !== keyParts) return false
  return codec.metadata.types.shape(entry.value).kind === 'vec'
}
