/**
 * SCALE and metadata: the door for code that may load `@polkadot/types`. What runs in the runtime worker imports `scale.ts`
 * and `runtimeVersion.ts` directly, which are light.
 */
export {
  type ApplyResult,
  type DispatchErrorInfo,
  decodeApplyResult,
  decodeValidityError,
} from './applyResult.ts'
export { type CallDecoding, type CallDescription, type ChainCodec, createChainCodec } from './chainCodec.ts'
export type { ChainEvent, EventPhase, EventsDecoding } from './events.ts'
export type {
  DecodedExtrinsic,
  ExtensionBytes,
  ExtrinsicDecoding,
  ExtrinsicEra,
  SignExtrinsicOptions,
} from './extrinsics.ts'
export type { ExtrinsicFormat, TransactionExtension } from './metadata/extrinsicFormat.ts'
export type { PalletConstant, PalletMetadata, StorageHasher, StorageItem } from './metadata/palletMetadata.ts'
export type {
  RuntimeApiMetadata,
  RuntimeApiMethod,
  RuntimeMetadata,
  RuntimeMetadataOptions,
} from './metadata/runtimeMetadata.ts'
export type { CallValue } from './shape/decodeShape.ts'
export type { TypedValue } from './shape/readShape.ts'
export type {
  ChainInput,
  ChainValue,
  PalletVariants,
  Shape,
  ShapeField,
  ShapeVariant,
  TypeRef,
  TypeTable,
} from './shape/shape.ts'
export { NO_VALUE } from './shape/skipLeaf.ts'
export {
  type DevAccount,
  type DevAccountOptions,
  devAccount,
  type ExtrinsicSigner,
  type SignatureScheme,
} from './signer.ts'
export {
  type KeyDescription,
  STORAGE_VERSION_ITEM,
  type StorageCodec,
  type ValueDecoding,
} from './storageCodec.ts'
export { createStorageInspector, type InspectedItem, type StorageInspector } from './storageInspector.ts'
export type { UpgradeCall, UpgradeCallsOptions } from './upgradeCalls.ts'
export type {
  BlockLength,
  BlockWeights,
  ClassLimits,
  ClassWeights,
  DbWeight,
  DispatchClass,
  Weight,
} from './weights.ts'
