import { DrydockError } from '../../base/errors.ts'
import { decodeRuntimeApis, decodeRuntimeVersion, type RuntimeVersion } from '../../codec/runtimeVersion.ts'

/**
 * The version that a runtime carries in its custom sections: `runtime_version` holds a SCALE `RuntimeVersion` whose list
 * of APIs is empty, `runtime_apis` (null when absent) holds them. Put together they are what `Core_version` returns.
 * Errors: `BLOB_MALFORMED`.
 *
 * @see https://github.com/paritytech/polkadot-sdk/blob/polkadot-stable2503/substrate/client/executor/src/wasm_runtime.rs
 */
export function readEmbeddedVersion(
  versionSection: Uint8Array,
  apisSection: Uint8Array | null,
): RuntimeVersion {
  const version = decodeRuntimeVersion(versionSection)
  if (version === null)
    throw malformed('runtime_version', versionSection.length, 'is not a SCALE RuntimeVersion')
  if (apisSection === null) return version
  const apis = decodeRuntimeApis(apisSection)
  if (apis === null) throw malformed('runtime_apis', apisSection.length, 'is not a list of 12-byte records')
  return { ...version, apis }
}

function malformed(section: string, sizeBytes: number, problem: string): DrydockError {
  return new DrydockError(`malformed runtime: custom section ${section} of ${sizeBytes} bytes ${problem}`, {
    code: 'BLOB_MALFORMED',
    kind: 'usage',
    hints: ['Build the runtime again; its build script writes this section.'],
    details: { section, sizeBytes, problem },
  })
}
