/**
 * The hashes that storage keys, blocks and tries are made of. They carry the names of Substrate's `sp_crypto_hashing`.
 *
 * @see https://docs.rs/sp-crypto-hashing/0.1.0
 */
import { blake2b } from '@noble/hashes/blake2.js'
import { writeXxhash64 } from './xxhash64.ts'

/** BLAKE2b parameterized for 32 bytes of output (not a truncated BLAKE2b-512). */
export function blake2_256(data: Uint8Array): Uint8Array {
  return blake2b(data, { dkLen: 32 })
}

/** BLAKE2b parameterized for 16 bytes of output. */
export function blake2_128(data: Uint8Array): Uint8Array {
  return blake2b(data, { dkLen: 16 })
}

/** XXH64 with seed 0, 8 bytes little-endian. Not cryptographic. */
export function twox64(data: Uint8Array): Uint8Array {
  return twox(data, 1)
}

/** XXH64 with seeds 0 and 1, 16 bytes: the hash of pallet and storage item names. Not cryptographic. */
export function twox128(data: Uint8Array): Uint8Array {
  return twox(data, 2)
}

/** XXH64 with seeds 0 to 3, 32 bytes. Not cryptographic. */
export function twox256(data: Uint8Array): Uint8Array {
  return twox(data, 4)
}

function twox(data: Uint8Array, words: number): Uint8Array {
  const out = new Uint8Array(8 * words)
  for (let seed = 0; seed < words; seed++) writeXxhash64(data, seed, { out, offset: 8 * seed })
  return out
}
