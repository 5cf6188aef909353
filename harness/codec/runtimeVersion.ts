import { bytesToHex } from '../base/bytes.ts'
import { type Decoded, decodeBytes, decodeCompact, readU32 } from './scale.ts'

/** What `Core_version` answers, and the custom section `runtime_version` holds. */
export interface RuntimeVersion {
  readonly specName: string
  readonly implName: string
  readonly authoringVersion: number
  readonly specVersion: number
  readonly implVersion: number
  /** Runtime APIs: 8-byte id in hex, version. */
  readonly apis: readonly (readonly [id: string, version: number])[]
  /** 0 when the runtime is from before the field (early 2020). */
  readonly transactionVersion: number
  /** `state_version` formerly; 0 when absent. 1: state trie V1, 2 and above: extrinsics root V1 too. */
  readonly systemVersion: number
}

const API_BYTES = 12

/**
 * SCALE `RuntimeVersion` in each of its three historic lengths; null when the bytes are none, or leave a rest that is none
 * of the optional fields.
 *
 * @see https://github.com/paritytech/polkadot-sdk/blob/polkadot-stable2503/substrate/primitives/version/src/lib.rs
 */
export function decodeRuntimeVersion(bytes: Uint8Array): RuntimeVersion | null {
  const specName = decodeText(bytes, 0)
  const implName = specName === null ? null : decodeText(bytes, specName.end)
  if (specName === null || implName === null) return null
  const numbers = implName.end
  const apis = decodeApis(bytes, numbers + 12)
  if (apis === null) return null
  const rest = bytes.length - apis.end
  if (rest !== 0 && rest !== 4 && rest !== 5) return null
  return {
    specName: specName.value,
    implName: implName.value,
    authoringVersion: readU32(bytes, numbers),
    specVersion: readU32(bytes, numbers + 4),
    implVersion: readU32(bytes, numbers + 8),
    apis: apis.value,
    transactionVersion: rest === 0 ? 0 : readU32(bytes, apis.end),
    systemVersion: rest === 5 ? (bytes[apis.end + 4] ?? 0) : 0,
  }
}

/** A sequence of runtime API ids and versions at `offset`. */
function decodeApis(bytes: Uint8Array, offset: number): Decoded<RuntimeVersion['apis']> | null {
  const count = decodeCompact(bytes, offset)
  if (count === null || count.end + count.value * API_BYTES > bytes.length) return null
  return { value: apiList(bytes, count.end, count.value), end: count.end + count.value * API_BYTES }
}

/** The custom section `runtime_apis`: ids and versions without a length; null when their number is not a multiple of 12. */
export function decodeRuntimeApis(section: Uint8Array): RuntimeVersion['apis'] | null {
  return section.length % API_BYTES === 0 ? apiList(section, 0, section.length / API_BYTES) : null
}

function apiList(bytes: Uint8Array, offset: number, count: number): RuntimeVersion['apis'] {
  return Array.from({ length: count }, (_, index) => {
    const start = offset + index * API_BYTES
    return [bytesToHex(bytes.subarray(start, start + 8)), readU32(bytes, start + 8)] as const
  })
}

function decodeText(bytes: Uint8Array, offset: number): Decoded<string> | null {
  const encoded = decodeBytes(bytes, offset)
  if (encoded === null) return null
  try {
    return { value: new TextDecoder('utf-8', { fatal: true }).decode(encoded.value), end: encoded.end }
  } catch {
    return null
  }
}
