export {
  type BlsHostCall,
  type BlsHostCalls,
  bls12381HostCalls,
  selectBls12381HostCalls,
} from './bls/bls12381HostCalls.ts'
export { keccak256, keccak512, sha2_256 } from './digests.ts'
export { type EcdsaVerifyOptions, ecdsaVerify, ecdsaVerifyPrehashed } from './ecdsaVerify.ts'
export { ed25519Verify } from './ed25519Verify.ts'
export type { SignatureScheme } from './keyPair.ts'
export { createKeystore, type Keystore, type KeystoreOptions } from './keystore.ts'
export {
  type RecoverErrorCode,
  type RecoverOptions,
  type RecoverResult,
  secp256k1Recover,
} from './secp256k1Recover.ts'
export type { MnemonicToEntropy } from './secretUri.ts'
export { sr25519Verify, sr25519VerifyV1 } from './sr25519Verify.ts'
export {
  createVerificationCache,
  type VerificationCache,
  type VerificationCacheOptions,
} from './verificationCache.ts'
