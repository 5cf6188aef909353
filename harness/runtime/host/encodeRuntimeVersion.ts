import { concatBytes, hexToBytes, utf8ToBytes } from '../../base/bytes.ts'
import type { RuntimeVersion } from '../../codec/runtimeVersion.ts'
import { encodeBytes, encodeCompact, encodeUint } from '../../codec/scale.ts'

/**
 * SCALE `RuntimeVersion` with all of its present fields, as a node answers `misc_runtime_version`.
 *
 * @see https://github.com/paritytech/polkadot-sdk/blob/polkadot-stable2503/substrate/primitives/version/src/lib.rs
 */
export function encodeRuntimeVersion(version: RuntimeVersion): Uint8Array {
  return concatBytes(
    encodeBytes(utf8ToBytes(version.specName)),
    encodeBytes(utf8ToBytes(version.implName)),
    encodeUint(version.authoringVersion, 4),
    encodeUint(version.specVersion, 4),
    encodeUint(version.implVersion, 4),
    encodeCompact(version.apis.length),
    ...version.apis.flatMap(([id, number]) => [hexToBytes(id), encodeUint(number, 4)]),
    encodeUint(version.transactionVersion, 4),
    encodeUint(version.systemVersion, 1),
  )
}
