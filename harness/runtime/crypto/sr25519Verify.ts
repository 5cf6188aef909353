/**
 * Schnorr signatures on Ristretto as schnorrkel 0.11 checks them. Written out on noble's group because the node's rules
 * differ from @scure/sr25519 in two places: the identity is a valid public key, and version 1 of the host function also
 * takes signatures made by schnorrkel 0.1.1.
 *
 * @see https://github.com/w3f/schnorrkel (`src/sign.rs`, `verify_simple_preaudit_deprecated`)
 */
import { ristretto255 } from '@noble/curves/ed25519.js'
import { bytesToNumberLE } from '@noble/curves/utils.js'
import { isEqualBytes, utf8ToBytes } from '../../base/bytes.ts'
import { createMerlinTranscript, type MerlinTranscript } from './merlinTranscript.ts'

const CONTEXT = 'substrate'
const SCHNORRKEL_MARKER = 0x80
const { Point } = ristretto255

/**
 * `ext_crypto_sr25519_verify` version 2: true when the 64-byte signature of `message` holds under the 32-byte key in the
 * context `substrate`. Anything malformed, or without schnorrkel's marker bit, is false.
 */
export function sr25519Verify(signature: Uint8Array, message: Uint8Array, publicKey: Uint8Array): boolean {
  if (signature.length !== 64 || publicKey.length !== 32 || !isMarked(signature)) return false
  const transcript = createMerlinTranscript('SigningContext')
  transcript.append('', utf8ToBytes(CONTEXT))
  transcript.append('sign-bytes', message)
  transcript.append('proto-name', utf8ToBytes('Schnorr-sig'))
  transcript.append('sign:pk', publicKey)
  transcript.append('sign:R', signature.subarray(0, 32))
  return isEquationTrue(signature, publicKey, challengeScalar(transcript, 'sign:c'))
}

/**
 * `ext_crypto_sr25519_verify` version 1: as version 2 for signatures with the marker bit; those without it are checked by
 * the transcript of schnorrkel 0.1.1, from before its audit.
 */
export function sr25519VerifyV1(signature: Uint8Array, message: Uint8Array, publicKey: Uint8Array): boolean {
  if (signature.length !== 64 || publicKey.length !== 32) return false
  if (isMarked(signature)) return sr25519Verify(signature, message, publicKey)
  const transcript = createMerlinTranscript(CONTEXT)
  transcript.append('sign-bytes', message)
  transcript.append('proto-name', utf8ToBytes('Schnorr-sig'))
  transcript.append('pk', publicKey)
  transcript.append('no', signature.subarray(0, 32))
  return isEquationTrue(signature, publicKey, challengeScalar(transcript, ''))
}

function isMarked(signature: Uint8Array): boolean {
  return ((signature[63] ?? 0) & SCHNORRKEL_MARKER) !== 0
}

function challengeScalar(transcript: MerlinTranscript, label: string): bigint {
  return bytesToNumberLE(transcript.challenge(label, 64)) % Point.Fn.ORDER
}

/** True when R = sB - kA. R is compared as bytes, so that only its canonical encoding passes. */
function isEquationTrue(signature: Uint8Array, publicKey: Uint8Array, k: bigint): boolean {
  const scalarBytes = Uint8Array.from(signature.subarray(32))
  scalarBytes[31] = (scalarBytes[31] ?? 0) & ~SCHNORRKEL_MARKER
  const s = bytesToNumberLE(scalarBytes)
  if (s >= Point.Fn.ORDER) return false
  try {
    const key = Point.fromBytes(publicKey)
    const expected = Point.BASE.multiplyUnsafe(s).subtract(key.multiplyUnsafe(k))
    return isEqualBytes(expected.toBytes(), signature.subarray(0, 32))
  } catch {
    return false
  }
}
