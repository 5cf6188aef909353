import { HostError } from './hostError.ts'
import { type HostFunction, hostFunction } from './hostFunction.ts'

/** Rows for what the helper wasm answers without JavaScript; here for their signatures. */
export const coreHostFunctions: readonly HostFunction[] = [
  hostFunction('ext_allocator_malloc_version_1', 'i32 -> ptr', inHelper),
  hostFunction('ext_allocator_free_version_1', 'ptr -> void', inHelper),
  hostFunction('ext_hashing_twox_64_version_1', 'ps -> ptr', inHelper),
  hostFunction('ext_hashing_twox_128_version_1', 'ps -> ptr', inHelper),
  hostFunction('ext_hashing_twox_256_version_1', 'ps -> ptr', inHelper),
  hostFunction('ext_hashing_blake2_128_version_1', 'ps -> ptr', inHelper),
  hostFunction('ext_hashing_blake2_256_version_1', 'ps -> ptr', inHelper),
]

function inHelper(): never {
  throw new HostError('trap', 'this host function is answered by the helper module')
}
