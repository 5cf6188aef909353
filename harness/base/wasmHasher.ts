import { HASH_CORE_WASM } from './hashCoreWasm.ts'

const PAGE_BYTES = 65_536

/** Where the one-shot functions put a digest; their input follows. Hashing in place may use this room as well. */
const INPUT_START = 64

/**
 * The hash functions of `hashFunctionsWat` over a memory of their own. Not re-entrant: each call uses the memory, so results
 * are copied out before the next one.
 */
export interface WasmHasher {
  /** BLAKE2b of `bytes`, parameterised for 16 bytes of digest (not a truncated longer one). */
  blake2_128(bytes: Uint8Array): Uint8Array
  blake2_256(bytes: Uint8Array): Uint8Array
  blake2_512(bytes: Uint8Array): Uint8Array
  /** xxh64 with seed 0, little endian; 128 and 256 append those with seeds 1 to 3. */
  twox_64(bytes: Uint8Array): Uint8Array
  twox_128(bytes: Uint8Array): Uint8Array
  twox_256(bytes: Uint8Array): Uint8Array
  /**
   * The memory, grown to at least `sizeBytes`, for hashing in place. Views from earlier calls are dead once it has grown.
   * Throws `RangeError` when the memory cannot grow (at most 4 GiB).
   */
  reserve(sizeBytes: number): Uint8Array
  /** Digest of `length` bytes of the memory at `start`, written at `out`; it may overlap the input. */
  blake2b(start: number, length: number, out: number, digestBytes: 16 | 32 | 64): void
}

interface HashCoreExports {
  readonly memory: WebAssembly.Memory
  blake2b(start: number, length: number, out: number, digestBytes: number): void
  twox(start: number, length: number, out: number, words: number): void
}

/** Instantiates synchronously; the first one of a process compiles (about a millisecond). Garbage collected, nothing to close. */
export function createWasmHasher(): WasmHasher {
  const module = new WebAssembly.Module(Buffer.from(HASH_CORE_WASM, 'base64'))
  // SAFETY: the exports of hashCoreWat, which the module is compiled from; its test compares the two.
  const core = new WebAssembly.Instance(module).exports as unknown as HashCoreExports
  let memory = new Uint8Array(core.memory.buffer)

  const reserve = (sizeBytes: number): Uint8Array => {
    if (sizeBytes > memory.length) {
      const wanted = Math.max(sizeBytes, Math.min(2 * memory.length, 1 << 30))
      core.memory.grow(Math.ceil((wanted - memory.length) / PAGE_BYTES))
      memory = new Uint8Array(core.memory.buffer)
    }
    return memory
  }
  const blake2 = (bytes: Uint8Array, digestBytes: number): Uint8Array => {
    reserve(INPUT_START + bytes.length).set(bytes, INPUT_START)
    core.blake2b(INPUT_START, bytes.length, 0, digestBytes)
    return memory.slice(0, digestBytes)
  }
  const twox = (bytes: Uint8Array, words: number): Uint8Array => {
    reserve(INPUT_START + bytes.length).set(bytes, INPUT_START)
    core.twox(INPUT_START, bytes.length, 0, words)
    return memory.slice(0, 8 * words)
  }
  return {
    blake2_128: (bytes) => blake2(bytes, 16),
    blake2_256: (bytes) => blake2(bytes, 32),
    blake2_512: (bytes) => blake2(bytes, 64),
    twox_64: (bytes) => twox(bytes, 1),
    twox_128: (bytes) => twox(bytes, 2),
    twox_256: (bytes) => twox(bytes, 4),
    reserve,
    blake2b: core.blake2b,
  }
}
