import { createWasmHasher } from '../../base/wasmHasher.ts'

/** A 32-byte hash function together with the memory that nodes are written to, so that nothing is copied to be hashed. */
export interface NodeHasher {
  /** The memory, with at least `sizeBytes`; contents stay, earlier views may be dead. */
  reserve(sizeBytes: number): Uint8Array
  /** Writes the digest of `length` bytes at `start` to the 32 bytes at `out`; they may overlap. */
  hash(start: number, length: number, out: number): void
}

/** BLAKE2b-256, the hash of every Substrate state trie. */
export function createBlake2NodeHasher(): NodeHasher {
  const hasher = createWasmHasher()
  return {
    reserve: hasher.reserve,
    hash: (start, length, out) => hasher.blake2b(start, length, out, 32),
  }
}

/** Any other hash function with 32 bytes of digest, such as Keccak-256. */
export function createNodeHasher(hash: (bytes: Uint8Array) => Uint8Array): NodeHasher {
  let memory = new Uint8Array(65_536)
  return {
    reserve(sizeBytes) {
      if (sizeBytes > memory.length) {
        const grown = new Uint8Array(Math.max(sizeBytes, 2 * memory.length))
        grown.set(memory)
        memory = grown
      }
      return memory
    },
    hash(start, length, out) {
      memory.set(hash(memory.subarray(start, start + length)), out)
    },
  }
}
