import { concatBytes, utf8ToBytes } from '../base/bytes.ts'
import { decodeBytes, encodeBytes } from '../codec/scale.ts'

/** Four ASCII characters that name who wrote an item: `aura`, `BABE`, `FRNK`, `BEEF`, `nmbs`, … */
export type ConsensusEngineId = string

/**
 * One log of a header's digest. Retired kinds (such as changes-trie roots) come out as `unknown`.
 *
 * @see https://github.com/paritytech/polkadot-sdk/blob/polkadot-v1.9.0/substrate/primitives/runtime/src/generic/digest.rs
 */
export type DigestItem =
  | {
      readonly kind: 'preRuntime' | 'consensus' | 'seal'
      readonly engine: ConsensusEngineId
      readonly data: Uint8Array
    }
  | { readonly kind: 'other'; readonly data: Uint8Array }
  | { readonly kind: 'runtimeEnvironmentUpdated' }
  | { readonly kind: 'unknown'; readonly tag: number }

const TAGS = { other: 0, consensus: 4, seal: 5, preRuntime: 6, runtimeEnvironmentUpdated: 8 } as const

/** SCALE bytes of an item. Throws `RangeError` for `unknown`, and for an engine id that is not four ASCII characters. */
export function encodeDigestItem(item: DigestItem): Uint8Array {
  switch (item.kind) {
    case 'unknown':
      throw new RangeError(`a digest item of kind ${item.tag} cannot be made, only kept as bytes`)
    case 'runtimeEnvironmentUpdated':
      return new Uint8Array([TAGS.runtimeEnvironmentUpdated])
    case 'other':
      return concatBytes(new Uint8Array([TAGS.other]), encodeBytes(item.data))
    default:
      return concatBytes(new Uint8Array([TAGS[item.kind]]), engineBytes(item.engine), encodeBytes(item.data))
  }
}

/** The item that `bytes` hold whole; `unknown` for a kind that this version does not know, or malformed bytes. */
export function decodeDigestItem(bytes: Uint8Array): DigestItem {
  const tag = bytes[0] ?? 0
  if (tag === TAGS.runtimeEnvironmentUpdated) return { kind: 'runtimeEnvironmentUpdated' }
  if (tag === TAGS.other) {
    const data = decodeBytes(bytes, 1)
    return data === null ? { kind: 'unknown', tag } : { kind: 'other', data: data.value }
  }
  const kind = engineKind(tag)
  const data = decodeBytes(bytes, 5)
  if (kind === null || data === null) return { kind: 'unknown', tag }
  return { kind, engine: Buffer.from(bytes.subarray(1, 5)).toString('latin1'), data: data.value }
}

/** Where the item that starts at `offset` ends; null when it is malformed or of a kind without a known length. */
export function digestItemEnd(bytes: Uint8Array, offset: number): number | null {
  const tag = bytes[offset]
  if (tag === TAGS.runtimeEnvironmentUpdated) return offset + 1
  if (tag === TAGS.other) return decodeBytes(bytes, offset + 1)?.end ?? null
  // Changes-trie root: the hash alone. It stood in headers until 2021.
  if (tag === 2) return offset + 33 <= bytes.length ? offset + 33 : null
  if (tag === undefined || engineKind(tag) === null) return null
  return decodeBytes(bytes, offset + 5)?.end ?? null
}

/** The items without seals: what a runtime is given to execute a block. */
export function withoutSeals(digest: readonly Uint8Array[]): readonly Uint8Array[] {
  return digest.filter((item) => item[0] !== TAGS.seal)
}

/** Every item decoded, in order. */
export function decodeDigest(digest: readonly Uint8Array[]): readonly DigestItem[] {
  return digest.map(decodeDigestItem)
}

/** The data of the first pre-runtime item that `engine` wrote, or null. */
export function preRuntimeData(digest: readonly Uint8Array[], engine: ConsensusEngineId): Uint8Array | null {
  for (const item of decodeDigest(digest)) {
    if (item.kind === 'preRuntime' && item.engine === engine) return item.data
  }
  return null
}

function engineKind(tag: number): 'preRuntime' | 'consensus' | 'seal' | null {
  if (tag === TAGS.consensus) return 'consensus'
  if (tag === TAGS.seal) return 'seal'
  return tag === TAGS.preRuntime ? 'preRuntime' : null
}

function engineBytes(engine: ConsensusEngineId): Uint8Array {
  const bytes = utf8ToBytes(engine)
  if (bytes.length !== 4)
    throw new RangeError(`a consensus engine id has four characters, not ${JSON.stringify(engine)}`)
  return bytes
}
