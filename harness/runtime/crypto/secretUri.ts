import { pbkdf2Sync } from 'node:crypto'
import { hexToBytes, utf8ToBytes } from '../../base/bytes.ts'
import { blake2_256 } from '../../base/hash.ts'
import { encodeBytes, encodeUint } from '../../codec/scale.ts'

/** The phrase of the well-known development accounts, used when a secret URI names none. */
export const DEV_PHRASE = 'bottom drive obey lake curtain smoke basket hold race lonely fit walk'

const DEV_ENTROPY = '1a486a5fbe53639984cb64b070755f7b'
const URI = /^(?<phrase>[\w ]+)?(?<path>(?:\/\/?[^/]+)*)(?:\/\/\/(?<password>.*))?$/su
const JUNCTION = /\/(\/?)([^/]+)/gu
const U64_MAX = 0xffff_ffff_ffff_ffffn

/** One step of a derivation path. */
export interface Junction {
  readonly isHard: boolean
  /** 32 bytes. */
  readonly chainCode: Uint8Array
}

export interface SecretUri {
  /** 32 bytes that the key pair is made from, before the path. */
  readonly seed: Uint8Array
  readonly path: readonly Junction[]
}

/** BIP-39 words to entropy; null when they are none. Left to the caller, so that no word list is loaded here. */
export type MnemonicToEntropy = (phrase: string) => Uint8Array | null

/**
 * Reads `phrase//hard/soft///password` as sp-core's `Pair::from_string` does; null when it is malformed. The phrase is
 * 32 bytes of hex with `0x`, words that `mnemonicToEntropy` knows, or absent for `DEV_PHRASE`.
 *
 * @see https://docs.rs/sp-core/34.0.0/sp_core/crypto/trait.Pair.html#method.from_string_with_seed
 */
export function parseSecretUri(uri: string, mnemonicToEntropy: MnemonicToEntropy): SecretUri | null {
  const groups = URI.exec(uri)?.groups
  if (groups === undefined) return null
  const phrase = groups['phrase'] ?? DEV_PHRASE
  const seed = phrase.startsWith('0x')
    ? hexSeed(phrase)
    : phraseSeed(phrase, groups['password'] ?? '', mnemonicToEntropy)
  return seed === null ? null : { seed, path: parsePath(groups['path'] ?? '') }
}

function hexSeed(hex: string): Uint8Array | null {
  return /^0x[0-9a-fA-F]{64}$/.test(hex) ? hexToBytes(hex) : null
}

/** Substrate stretches the entropy, not the words as BIP-39 has it. */
function phraseSeed(phrase: string, password: string, toEntropy: MnemonicToEntropy): Uint8Array | null {
  const entropy = phrase === DEV_PHRASE ? hexToBytes(DEV_ENTROPY) : toEntropy(phrase)
  if (entropy === null) return null
  return Uint8Array.from(pbkdf2Sync(entropy, `mnemonic${password}`, 2048, 32, 'sha512'))
}

function parsePath(path: string): Junction[] {
  return Array.from(path.matchAll(JUNCTION), ([, slash, code = '']) => ({
    isHard: slash === '/',
    chainCode: chainCode(code),
  }))
}

/** A u64 or a string in SCALE, padded to 32 bytes, or hashed when longer. */
function chainCode(code: string): Uint8Array {
  const encoded = isU64(code) ? encodeUint(BigInt(code.replace('+', '')), 8) : encodeBytes(utf8ToBytes(code))
  if (encoded.length > 32) return blake2_256(encoded)
  const padded = new Uint8Array(32)
  padded.set(encoded)
  return padded
}

function isU64(code: string): boolean {
  return /^\+?[0-9]+$/.test(code) && BigInt(code.replace('+', '')) <= U64_MAX
}
