import { coreHostFunctions } from './allocator.ts'
import { benchmarkingHostFunctions } from './benchmarking.ts'
import { blsHostFunctions } from './bls.ts'
import { childStorageHostFunctions } from './childStorage.ts'
import { cryptoHostFunctions } from './crypto.ts'
import { hashingHostFunctions } from './hashing.ts'
import type { HostFunction } from './hostFunction.ts'
import { miscHostFunctions } from './misc.ts'
import { offchainHostFunctions } from './offchain.ts'
import { storageHostFunctions } from './storage.ts'
import { trieHostFunctions } from './trie.ts'

/** Every host function that a runtime under test can call, in a fixed order. */
export const HOST_FUNCTIONS: readonly HostFunction[] = [
  ...coreHostFunctions,
  ...storageHostFunctions,
  ...childStorageHostFunctions,
  ...cryptoHostFunctions,
  ...hashingHostFunctions,
  ...trieHostFunctions,
  ...miscHostFunctions,
  ...offchainHostFunctions,
  ...benchmarkingHostFunctions,
  ...blsHostFunctions,
]

/** True when `name` is answered; other imports end the call as a missing host function, once they are called. */
export function isKnownHostFunction(name: string): boolean {
  return HOST_FUNCTIONS.some((row) => row.name === name)
}
