import { isEqualBytes, utf8ToBytes } from '../../../harness/base/bytes.ts'
import type { RuntimeVersion } from '../../../harness/codec/runtimeVersion.ts'
import { decodeBytes, decodeCompact } from '../../../harness/codec/scale.ts'

/**
 * True when the bytes of `System.LastRuntimeUpgrade` name a version: a compact spec_version and the spec_name. They are the same in
 * every runtime; the names of the fields are not (metadata before V14 has `specVersion`).
 */
export function isLastUpgradeTo(
  stored: Uint8Array,
  { specVersion, specName }: Pick<RuntimeVersion, 'specVersion' | 'specName'>,
): boolean {
  const version = decodeCompact(stored)
  if (version === null || Number(version.value) !== specVersion) return false
  const name = decodeBytes(stored, version.end)
  return name !== null && isEqualBytes(name.value, utf8ToBytes(specName))
}
