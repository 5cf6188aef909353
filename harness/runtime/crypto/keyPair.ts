import { ed25519 } from '@noble/curves/ed25519.js'
import { secp256k1 } from '@noble/curves/secp256k1.js'
import * as sr25519 from '@scure/sr25519'
import { concatBytes, utf8ToBytes } from '../../base/bytes.ts'
import { blake2_256 } from '../../base/hash.ts'
import { encodeBytes } from '../../codec/scale.ts'
import type { Junction } from './secretUri.ts'

/** The signature schemes of the node's keystore. */
export type SignatureScheme = 'ed25519' | 'sr25519' | 'ecdsa'

/** A secret and what can be done with it. Signing the same bytes gives the same signature. */
export interface KeyPair {
  /** 32 bytes; 33 compressed for ecdsa. */
  readonly publicKey: Uint8Array
  /** 64 bytes; for ecdsa 65, r, s and recovery id, of the message's BLAKE2b-256. */
  sign(message: Uint8Array): Uint8Array
  /** ecdsa only: signs a 32-byte digest. Null for other schemes. */
  signPrehashed(digest: Uint8Array): Uint8Array | null
}

/** Where schnorrkel would mix in fresh randomness, so that runs can be replayed. */
const NO_RANDOMNESS = new Uint8Array(32)

/**
 * The pair of a 32-byte seed and a derivation path; null when the scheme has no such key: a soft junction outside
 * sr25519, or an ecdsa seed that is zero or past the group order.
 */
export function createKeyPair(
  scheme: SignatureScheme,
  seed: Uint8Array,
  path: readonly Junction[],
): KeyPair | null {
  if (scheme === 'sr25519') return sr25519Pair(seed, path)
  if (path.some((junction) => !junction.isHard)) return null
  return scheme === 'ed25519'
    ? ed25519Pair(deriveHard('Ed25519HDKD', seed, path))
    : ecdsaPair(deriveHard('Secp256k1HDKD', seed, path))
}

function deriveHard(label: string, seed: Uint8Array, path: readonly Junction[]): Uint8Array {
  const prefix = encodeBytes(utf8ToBytes(label))
  return path.reduce((secret, { chainCode }) => blake2_256(concatBytes(prefix, secret, chainCode)), seed)
}

function sr25519Pair(seed: Uint8Array, path: readonly Junction[]): KeyPair {
  const secret = path.reduce<Uint8Array>(
    (parent, { isHard, chainCode }) =>
      isHard
        ? sr25519.HDKD.secretHard(parent, chainCode)
        : sr25519.HDKD.secretSoft(parent, chainCode, NO_RANDOMNESS),
    sr25519.secretFromSeed(seed),
  )
  return {
    publicKey: sr25519.getPublicKey(secret),
    sign: (message) => sr25519.sign(secret, message, NO_RANDOMNESS),
    signPrehashed: () => null,
  }
}

function ed25519Pair(secret: Uint8Array): KeyPair {
  return {
    publicKey: ed25519.getPublicKey(secret),
    sign: (message) => ed25519.sign(message, secret),
    signPrehashed: () => null,
  }
}

function ecdsaPair(secret: Uint8Array): KeyPair | null {
  if (!secp256k1.utils.isValidSecretKey(secret)) return null
  const signPrehashed = (digest: Uint8Array): Uint8Array => {
    const signature = secp256k1.sign(digest, secret, { prehash: false, format: 'recovered' })
    // noble puts the recovery id first
    return concatBytes(signature.subarray(1), signature.subarray(0, 1))
  }
  return {
    publicKey: secp256k1.getPublicKey(secret, true),
    sign: (message) => signPrehashed(blake2_256(message)),
    signPrehashed,
  }
}
