import { keccak_256 } from '@noble/hashes/sha3.js'
import { createNodeHasher } from './nodeHasher.ts'
import type { StateVersion } from './trieNode.ts'
import { type TrieClaim, verifyTrieProof } from './trieProof.ts'
import { orderedTrieRoot, type TrieEntry, trieRoot } from './trieRoot.ts'

/** `trieRoot` with Keccak-256 in place of BLAKE2b, as in `ext_trie_keccak_256_root`. */
export function keccakTrieRoot(entries: Iterable<TrieEntry>, version: StateVersion): Uint8Array {
  return trieRoot(entries, version, createNodeHasher(keccak_256))
}

/** `orderedTrieRoot` with Keccak-256 in place of BLAKE2b, as in `ext_trie_keccak_256_ordered_root`. */
export function orderedKeccakTrieRoot(values: readonly Uint8Array[], version: StateVersion): Uint8Array {
  return orderedTrieRoot(values, version, createNodeHasher(keccak_256))
}

/** `verifyTrieProof` with Keccak-256 in place of BLAKE2b, as in `ext_trie_keccak_256_verify_proof`. */
export function verifyKeccakTrieProof(claim: TrieClaim): boolean {
  return verifyTrieProof(claim, createNodeHasher(keccak_256))
}
