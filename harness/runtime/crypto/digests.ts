/** The hashes that only host functions need; `harness/base/hash.ts` has those that the other layers share. */

import { sha256 } from '@noble/hashes/sha2.js'
import { keccak_256, keccak_512 } from '@noble/hashes/sha3.js'

/** Keccak-256 with the original padding (Ethereum's, not SHA3-256). */
export function keccak256(data: Uint8Array): Uint8Array {
  return keccak_256(data)
}

/** Keccak-512 with the original padding. */
export function keccak512(data: Uint8Array): Uint8Array {
  return keccak_512(data)
}

/** SHA-256. */
export function sha2_256(data: Uint8Array): Uint8Array {
  return sha256(data)
}
