import { createBlake2NodeHasher, createNodeHasher } from '../../state/trie/nodeHasher.ts'
import { keccak256 } from '../crypto/digests.ts'
import { createVerificationCache } from '../crypto/verificationCache.ts'
import type { HostServices } from '../host/hostContext.ts'
import { KeyPredictor } from '../host/keyPredictor.ts'

const MAX_VERIFICATIONS = 20_000
const MAX_PURE_CALLS = 500

/** Caches and hashers for the host functions of one thread; `runtimeVersion` as `HostServices` says. */
export function createHostServices(runtimeVersion: HostServices['runtimeVersion']): HostServices {
  return {
    verifications: createVerificationCache<boolean>({ maxEntries: MAX_VERIFICATIONS }),
    pureCalls: createVerificationCache<Uint8Array | null>({ maxEntries: MAX_PURE_CALLS }),
    keys: new KeyPredictor(),
    trieHashers: { blake2: createBlake2NodeHasher(), keccak: createNodeHasher(keccak256) },
    runtimeVersion,
  }
}
