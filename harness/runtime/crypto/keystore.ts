import { isUtf8 } from 'node:buffer'
import { bytesToBinary, concatBytes } from '../../base/bytes.ts'
import { blake2_256 } from '../../base/hash.ts'
import { encodeUint } from '../../codec/scale.ts'
import { createKeyPair, type KeyPair, type SignatureScheme } from './keyPair.ts'
import { type MnemonicToEntropy, parseSecretUri, type SecretUri } from './secretUri.ts'

/**
 * The node's keystore as host functions see it, in memory and repeatable. A key type is four characters, such as `aura`;
 * keys of different schemes do not mix.
 */
export interface Keystore {
  /**
   * Makes a key, keeps it, and returns its public key. `phrase` is a secret URI in UTF-8, such as `//Alice` or 32 bytes of
   * hex; null takes the next key of the store's own sequence. Null when the phrase is malformed: a node panics then, so
   * the call must trap.
   */
  generate(scheme: SignatureScheme, keyType: string, phrase: Uint8Array | null): Uint8Array | null
  /** The message's signature, or null when the store does not have the key. */
  sign(
    scheme: SignatureScheme,
    keyType: string,
    publicKey: Uint8Array,
    message: Uint8Array,
  ): Uint8Array | null
  /** As `sign` for ecdsa, of a 32-byte digest. */
  ecdsaSignPrehashed(keyType: string, publicKey: Uint8Array, digest: Uint8Array): Uint8Array | null
  /** In the order they were made, each once. */
  publicKeys(scheme: SignatureScheme, keyType: string): readonly Uint8Array[]
}

export interface KeystoreOptions {
  /** Starts the sequence of keys that are made without a phrase. Default: empty. */
  readonly randomSeed?: Uint8Array
  /** For phrases other than the development one. Default: knows none. */
  readonly mnemonicToEntropy?: MnemonicToEntropy
}

/** An empty keystore. Two stores with equal options that are asked the same give the same. */
export function createKeystore(options: KeystoreOptions = {}): Keystore {
  const { randomSeed = new Uint8Array(0), mnemonicToEntropy = () => null } = options
  const pairs = new Map<string, Map<string, KeyPair>>()
  let generated = 0n

  const pairsOf = (scheme: SignatureScheme, keyType: string): Map<string, KeyPair> => {
    const section = `${scheme}:${keyType}`
    const existing = pairs.get(section)
    if (existing !== undefined) return existing
    const created = new Map<string, KeyPair>()
    pairs.set(section, created)
    return created
  }
  const find = (scheme: SignatureScheme, keyType: string, publicKey: Uint8Array): KeyPair | undefined =>
    pairs.get(`${scheme}:${keyType}`)?.get(bytesToBinary(publicKey))
  const parsePhrase = (phrase: Uint8Array): SecretUri | null =>
    isUtf8(phrase) ? parseSecretUri(Buffer.from(phrase).toString('utf8'), mnemonicToEntropy) : null
  const nextSeed = (): Uint8Array => blake2_256(concatBytes(randomSeed, encodeUint(generated++, 8)))

  return {
    generate(scheme, keyType, phrase) {
      const uri = phrase === null ? { seed: nextSeed(), path: [] } : parsePhrase(phrase)
      const pair = uri === null ? null : createKeyPair(scheme, uri.seed, uri.path)
      if (pair === null) return null
      pairsOf(scheme, keyType).set(bytesToBinary(pair.publicKey), pair)
      return pair.publicKey
    },
    sign: (scheme, keyType, publicKey, message) => find(scheme, keyType, publicKey)?.sign(message) ?? null,
    ecdsaSignPrehashed: (keyType, publicKey, digest) =>
      find('ecdsa', keyType, publicKey)?.signPrehashed(digest) ?? null,
    publicKeys: (scheme, keyType) =>
      Array.from(pairs.get(`${scheme}:${keyType}`)?.values() ?? [], (pair) => pair.publicKey),
  }
}
