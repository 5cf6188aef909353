import { keccak256, keccak512, sha2_256 } from '../crypto/digests.ts'
import { type HostFunction, hostFunction } from './hostFunction.ts'

/** The hashes that the helper wasm does not answer itself (sp-io `hashing`). */
export const hashingHostFunctions: readonly HostFunction[] = [
  hostFunction('ext_hashing_keccak_256_version_1', 'ps -> ptr', (host, p, l) =>
    host.givePointer(keccak256(host.view(p, l))),
  ),
  hostFunction('ext_hashing_keccak_512_version_1', 'ps -> ptr', (host, p, l) =>
    host.givePointer(keccak512(host.view(p, l))),
  ),
  hostFunction('ext_hashing_sha2_256_version_1', 'ps -> ptr', (host, p, l) =>
    host.givePointer(sha2_256(host.view(p, l))),
  ),
]
