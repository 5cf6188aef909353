import { decodeCompact } from '../../../harness/codec/scale.ts'
import { parseRuntimeBlob, type RuntimeBlob } from '../../../harness/runtime/blob/index.ts'

const SECTION = 'runtime_version'
const U32_MAX = 0xffff_ffff

/**
 * The same runtime with a spec_version one higher, as far as nodes and `set_code` see: the custom section is patched, the code
 * stays what it is. Null for a runtime without the section. The result is not compressed.
 */
export function raiseVersion(blob: RuntimeBlob): RuntimeBlob | null {
  const section = blob.customSection(SECTION)
  if (section === null || blob.version === null || blob.version.specVersion >= U32_MAX) return null
  const wasm = blob.wasm.slice()
  const at = section.byteOffset - blob.wasm.byteOffset + specVersionOffset(section)
  new DataView(wasm.buffer, wasm.byteOffset).setUint32(at, blob.version.specVersion + 1, true)
  return parseRuntimeBlob(wasm)
}

/** Two names, then the authoring version. */
function specVersionOffset(section: Uint8Array): number {
  let offset = 0
  for (let i = 0; i < 2; i++) {
    const length = decodeCompact(section, offset)
    offset = (length?.end ?? offset) + (length?.value ?? 0)
  }
  return offset + 4
}
