import { concatBytes, utf8ToBytes } from '../../base/bytes.ts'
import { encodeBytes, encodeCompact } from '../../codec/scale.ts'

/** What a node tells the runtime about the world, by eight-character identifier. Values are SCALE bytes. */
export type InherentData = ReadonlyMap<string, Uint8Array>

/** SCALE bytes of `sp_inherents::InherentData`: a map sorted by identifier. Throws `RangeError` on a bad identifier. */
export function encodeInherentData(data: InherentData): Uint8Array {
  const parts = [encodeCompact(data.size)]
  for (const id of [...data.keys()].sort()) {
    const bytes = utf8ToBytes(id)
    if (bytes.length !== 8) {
      throw new RangeError(`an inherent identifier has eight characters, not ${JSON.stringify(id)}`)
    }
    parts.push(bytes, encodeBytes(data.get(id) ?? new Uint8Array()))
  }
  return concatBytes(...parts)
}
