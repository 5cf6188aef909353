import { blake2b } from '@noble/hashes/blake2.js'
import { bytesToHex, utf8ToBytes } from '../base/bytes.ts'
import type { RuntimeVersion } from '../codec/runtimeVersion.ts'
import type { RuntimeBlob } from '../runtime/blob/index.ts'

const API_ID_BYTES = 8

/** A runtime API as a `RuntimeVersion` lists it. */
export interface NamedRuntimeApi {
  /** 8 bytes, 0x-hex. */
  readonly id: string
  /** Null when no entry point tells it. */
  readonly name: string | null
  readonly version: number
}

/**
 * Names the runtime APIs of a version by the runtime's own entry points: the entry point `Core_version` belongs to the API
 * `Core`, and an API's id is blake2-64 of its name.
 */
export function nameRuntimeApis(
  apis: RuntimeVersion['apis'],
  entryPoints: readonly string[],
): readonly NamedRuntimeApi[] {
  const names = new Map<string, string>()
  for (const entryPoint of entryPoints) {
    const end = entryPoint.indexOf('_')
    if (end <= 0) continue
    const name = entryPoint.slice(0, end)
    names.set(bytesToHex(blake2b(utf8ToBytes(name), { dkLen: API_ID_BYTES })), name)
  }
  return apis.map(([id, version]) => ({ id, name: names.get(id) ?? null, version }))
}

/** Versions of a runtime's APIs by name, or by id for those without a name. */
export function apiVersions(blob: RuntimeBlob, { apis }: RuntimeVersion): ReadonlyMap<string, number> {
  const entryPoints = blob.exports.flatMap((one) => (one.kind === 'function' ? [one.name] : []))
  return new Map(nameRuntimeApis(apis, entryPoints).map(({ id, name, version }) => [name ?? id, version]))
}
