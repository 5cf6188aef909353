import { blake2b } from '@noble/hashes/blake2.js'
import { bytesToHex, utf8ToBytes } from '../../harness/base/bytes.ts'
import type { RuntimeApi } from '../../reports/index.ts'

const API_ID_BYTES = 8

/**
 * Names the runtime APIs of a version by the runtime's own entry points: the entry point `Core_version` belongs to the API
 * `Core`, and an API's id is blake2-64 of its name.
 */
export function nameRuntimeApis(
  apis: readonly (readonly [id: string, version: number])[],
  entryPoints: readonly string[],
): readonly RuntimeApi[] {
  const names = new Map<string, string>()
  for (const entryPoint of entryPoints) {
    const end = entryPoint.indexOf('_')
    if (end <= 0) continue
    const name = entryPoint.slice(0, end)
    names.set(bytesToHex(blake2b(utf8ToBytes(name), { dkLen: API_ID_BYTES })), name)
  }
  return apis.map(([id, version]) => ({ id, name: names.get(id) ?? null, version }))
}
