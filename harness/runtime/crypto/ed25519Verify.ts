import { createPublicKey, type KeyObject, verify } from 'node:crypto'
import { ed25519 } from '@noble/curves/ed25519.js'

/** DER header of an Ed25519 SubjectPublicKeyInfo (RFC 8410); the 32 key bytes follow. */
const SPKI_HEADER = Buffer.from('302a300506032b6570032100', 'hex')

/**
 * `ext_crypto_ed25519_verify`: true when the 64-byte signature of `message` holds under the 32-byte key by the rules of
 * ed25519-zebra (ZIP-215: cofactored equation, non-canonical points allowed, s below the group order). Anything
 * malformed is false.
 *
 * PERF: OpenSSL takes 0.2 ms, noble 3 ms. OpenSSL holds the cofactorless equation and compares R's bytes, which implies
 * ZIP-215; so its yes is final, and only what it refuses is asked again.
 *
 * @see https://zips.z.cash/zip-0215
 */
export function ed25519Verify(signature: Uint8Array, message: Uint8Array, publicKey: Uint8Array): boolean {
  if (signature.length !== 64 || publicKey.length !== 32) return false
  if (isValidForOpenSsl(signature, message, publicKey)) return true
  try {
    return ed25519.verify(signature, message, publicKey, { zip215: true })
  } catch {
    return false
  }
}

function isValidForOpenSsl(signature: Uint8Array, message: Uint8Array, publicKey: Uint8Array): boolean {
  try {
    return verify(null, message, keyObject(publicKey), signature)
  } catch {
    return false
  }
}

function keyObject(publicKey: Uint8Array): KeyObject {
  const der = Buffer.concat([SPKI_HEADER, publicKey])
  return createPublicKey({ key: der, format: 'der', type: 'spki' })
}
