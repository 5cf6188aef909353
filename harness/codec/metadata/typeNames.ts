import type { PortableRegistry } from '@polkadot/types'
import type { SiType } from '@polkadot/types/interfaces'
import type { TypeRef } from '../shape/shape.ts'

const MAX_DEPTH = 6

/**
 * Names of portable types as a reader of the runtime's source would write them, without module paths, which move between
 * versions of an SDK: `u64`, `Vec<AccountId32>`, `BoundedVec<u8>`, `Perbill`. Types nested deeper than a few levels are `…`.
 */
export function createTypeNames(lookup: PortableRegistry): (type: TypeRef) => string {
  const names = new Map<TypeRef, string>()
  const nameOf = (type: TypeRef, depth: number): string => {
    if (depth > MAX_DEPTH) return '…'
    const inner = (one: { toNumber(): number }) => nameOf(one.toNumber(), depth + 1)
    return writeName(lookup.getSiType(type), inner)
  }
  return (type) => {
    const known = names.get(type) ?? nameOf(type, 0)
    names.set(type, known)
    return known
  }
}

type InnerName = (type: { toNumber(): number }) => string

function writeName({ def, path, params }: SiType, inner: InnerName): string {
  const last = path.at(-1)
  if (last !== undefined) {
    const written = params.flatMap((param) => (param.type.isSome ? [inner(param.type.unwrap())] : []))
    return written.length === 0 ? last.toString() : `${last.toString()}<${written.join(', ')}>`
  }
  if (def.isPrimitive) return def.asPrimitive.toString().toLowerCase()
  if (def.isSequence) return `Vec<${inner(def.asSequence.type)}>`
  if (def.isArray) return `[${inner(def.asArray.type)}; ${def.asArray.len.toNumber()}]`
  if (def.isTuple) return `(${def.asTuple.map(inner).join(', ')})`
  if (def.isCompact) return `Compact<${inner(def.asCompact.type)}>`
  if (def.isBitSequence) return `BitVec<${inner(def.asBitSequence.bitStoreType)}>`
  if (def.isHistoricMetaCompat) return def.asHistoricMetaCompat.toString()
  return 'struct'
}
