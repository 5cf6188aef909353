import { isEqualBytes } from '../../base/bytes.ts'
import { blake2_256 } from '../../base/hash.ts'
import { recoverKey } from './secp256k1Recover.ts'

export interface EcdsaVerifyOptions {
  /** As in `RecoverOptions`: true for version 2 of the host function, false for version 1. */
  readonly strict: boolean
}

/**
 * `ext_crypto_ecdsa_verify`: true when the 65-byte signature (r, s, recovery id 0..3; here 27 is not an id) of the
 * message's BLAKE2b-256 recovers to the 33-byte compressed key. Anything malformed is false.
 */
export function ecdsaVerify(
  signature: Uint8Array,
  message: Uint8Array,
  publicKey: Uint8Array,
  { strict }: EcdsaVerifyOptions,
): boolean {
  return isSignedBy(signature, blake2_256(message), { publicKey, strict })
}

/** `ext_crypto_ecdsa_verify_prehashed`: as `ecdsaVerify`, strict, of a 32-byte digest. */
export function ecdsaVerifyPrehashed(
  signature: Uint8Array,
  digest: Uint8Array,
  publicKey: Uint8Array,
): boolean {
  return isSignedBy(signature, digest, { publicKey, strict: true })
}

function isSignedBy(
  signature: Uint8Array,
  digest: Uint8Array,
  { publicKey, strict }: { readonly publicKey: Uint8Array; readonly strict: boolean },
): boolean {
  const key = recoverKey(signature, digest, { strict, recoveryId: signature[64] ?? 0xff })
  return typeof key !== 'number' && isEqualBytes(key.toBytes(true), publicKey)
}
