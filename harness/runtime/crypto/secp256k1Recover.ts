import { secp256k1 } from '@noble/curves/secp256k1.js'
import { bytesToNumberBE } from '@noble/curves/utils.js'

const ORDER = secp256k1.Point.Fn.ORDER

/** Codes of `EcdsaVerifyError`: 0 BadRS, 1 BadV, 2 BadSignature. */
export type RecoverErrorCode = 0 | 1 | 2

export type RecoverResult =
  /** 64 bytes x and y, or 33 bytes compressed. */
  | { readonly kind: 'ok'; readonly publicKey: Uint8Array }
  | { readonly kind: 'error'; readonly code: RecoverErrorCode }

export interface RecoverOptions {
  /** True refuses r or s at or above the group order (version 2 of the host functions); false reduces them (version 1). */
  readonly strict: boolean
  /** Ask for the 33-byte form. */
  readonly compressed: boolean
}

/**
 * `ext_crypto_secp256k1_ecdsa_recover[_compressed]`: the key that signed the 32-byte digest. `signature` is r, s and v,
 * 65 bytes; v may be 0..3 or 27..30. High s is accepted.
 */
export function secp256k1Recover(
  signature: Uint8Array,
  digest: Uint8Array,
  options: RecoverOptions,
): RecoverResult {
  const v = signature[64] ?? 0xff
  const recovered = recoverKey(signature, digest, {
    strict: options.strict,
    recoveryId: v > 26 ? v - 27 : v,
  })
  if (typeof recovered === 'number') return { kind: 'error', code: recovered }
  const publicKey = options.compressed ? recovered.toBytes(true) : recovered.toBytes(false).slice(1)
  return { kind: 'ok', publicKey }
}

type Secp256k1Point = InstanceType<typeof secp256k1.Point>

/** The recovered point, or why there is none. The order of the checks is libsecp256k1's: v, then r and s, then the curve. */
export function recoverKey(
  signature: Uint8Array,
  digest: Uint8Array,
  { strict, recoveryId }: { readonly strict: boolean; readonly recoveryId: number },
): Secp256k1Point | RecoverErrorCode {
  if (recoveryId > 3) return 1
  if (signature.length !== 65 || digest.length !== 32) return 2
  let r = bytesToNumberBE(signature.subarray(0, 32))
  let s = bytesToNumberBE(signature.subarray(32, 64))
  if (r >= ORDER || s >= ORDER) {
    if (strict) return 0
    r %= ORDER
    s %= ORDER
  }
  if (r === 0n || s === 0n) return 2
  try {
    return new secp256k1.Signature(r, s, recoveryId).recoverPublicKey(digest)
  } catch {
    return 2
  }
}
