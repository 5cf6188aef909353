import { type ApplyResult, type DispatchErrorInfo, decodeApplyResult } from './applyResult.ts'
import { describeDispatchError } from './dispatchError.ts'
import { decodeEvents, type EventsDecoding } from './events.ts'
import {
  decodeExtrinsic,
  type ExtrinsicDecoding,
  encodeUnsigned,
  type SignExtrinsicOptions,
  signExtrinsic,
} from './extrinsics.ts'
import {
  parseRuntimeMetadata,
  type RuntimeMetadata,
  type RuntimeMetadataOptions,
} from './metadata/runtimeMetadata.ts'
import { decodeRuntimeVersion, type RuntimeVersion } from './runtimeVersion.ts'
import { type CallValue, decodeCall, decodeShape, ShapeReader } from './shape/decodeShape.ts'
import { asEncodeError } from './shape/encodeError.ts'
import { encodeCall } from './shape/encodeShape.ts'
import { type ChainInput, type ChainValue, ShapeError } from './shape/shape.ts'
import { createStorageCodec, type StorageCodec } from './storageCodec.ts'
import { codeUpgradeCalls, type UpgradeCall, type UpgradeCallsOptions } from './upgradeCalls.ts'
import {
  type BlockLength,
  type BlockWeights,
  type ClassWeights,
  type DbWeight,
  toBlockLength,
  toBlockWeights,
  toClassWeights,
  toDbWeight,
} from './weights.ts'

/** A decoded call and where it stands in the runtime. */
export interface CallDescription extends CallValue {
  readonly index: readonly [pallet: number, call: number]
}

export type CallDecoding =
  | { readonly kind: 'call'; readonly call: CallDescription }
  | { readonly kind: 'error'; readonly error: string }

/**
 * Speaks the language of one runtime, by its metadata. Names of pallets, calls and storage items are the runtime's own;
 * values are `ChainValue`s, in the runtime's spelling. Decoding is strict and answers with a result; encoding throws
 * `CODEC_ENCODE` when a value does not fit.
 */
export interface ChainCodec extends StorageCodec {
  /** What it knows of the runtime; `types` for those who generate or walk values. */
  readonly metadata: RuntimeMetadata
  hasPallet(name: string): boolean
  /** The value of a constant; undefined when the runtime has none of that name, or it does not decode. */
  constant(pallet: string, name: string): ChainValue | undefined
  /** Null before 2021, when the limits were constants of their own; so for `blockLength`. */
  blockWeights(): BlockWeights | null
  blockLength(): BlockLength | null
  dbWeight(): DbWeight | null
  /** Half of the block time of a chain with Aura; null when the runtime keeps no timestamp. */
  minimumPeriodMs(): bigint | null
  /** The version that the metadata holds. */
  version(): RuntimeVersion | null
  /** Whether the runtime has the call. */
  hasCall(pallet: string, call: string): boolean
  /** `args` by name or by position; all of them. */
  encodeCall(pallet: string, call: string, args?: ChainInput): Uint8Array
  describeCall(bytes: Uint8Array): CallDecoding
  codeUpgradeCalls(code: Uint8Array, options?: UpgradeCallsOptions): readonly UpgradeCall[]
  encodeUnsigned(call: Uint8Array): Uint8Array
  signExtrinsic(options: SignExtrinsicOptions): Uint8Array
  decodeExtrinsic(bytes: Uint8Array): ExtrinsicDecoding
  decodeEvents(bytes: Uint8Array): EventsDecoding
  /** From SCALE bytes, or from a decoded value such as the `dispatch_error` of `System.ExtrinsicFailed`. */
  decodeDispatchError(error: Uint8Array | ChainValue): DispatchErrorInfo | null
  /** Null when the bytes are not an `ApplyExtrinsicResult`. */
  decodeApplyResult(bytes: Uint8Array): ApplyResult | null
  /** The value of `System.BlockWeight`; null when it does not decode as one. */
  decodeBlockWeight(bytes: Uint8Array): ClassWeights | null
}

/** Throws `CODEC_METADATA` when the metadata cannot be read. */
export function createChainCodec(options: RuntimeMetadataOptions): ChainCodec {
  const metadata = parseRuntimeMetadata(options)
  const storage = createStorageCodec(metadata)
  const read = constantReader(metadata)
  return {
    ...storage,
    ...runtimeConstants(metadata, read),
    ...callCodec(metadata),
    metadata,
    hasPallet: (name) => metadata.pallets.some((pallet) => pallet.name === name),
    constant: read,
    codeUpgradeCalls: (code, upgradeOptions) => codeUpgradeCalls(metadata, code, upgradeOptions),
    encodeUnsigned: (call) => encodeUnsigned(metadata, call),
    signExtrinsic: (signOptions) => signExtrinsic(metadata, signOptions),
    decodeExtrinsic: (bytes) => decodeExtrinsic(metadata, bytes),
    decodeEvents: (bytes) => decodeEvents(metadata, bytes),
    decodeDispatchError: (error) => describeDispatchError(metadata, error),
    decodeApplyResult: (bytes) => decodeApplyResult(bytes, (error) => describeDispatchError(metadata, error)),
    decodeBlockWeight: (bytes) => {
      if (storage.item('System', 'BlockWeight') === null) return null
      const decoded = storage.decodeValue('System', 'BlockWeight', bytes)
      return decoded.kind === 'value' && decoded.remaining === 0 ? toClassWeights(decoded.value) : null
    },
  }
}

type ConstantReader = (pallet: string, name: string) => ChainValue | undefined

function constantReader({ pallets, types }: RuntimeMetadata): ConstantReader {
  return (pallet, name) => {
    const constant = pallets.find((candidate) => candidate.name === pallet)?.constants.get(name)
    if (constant === undefined) return undefined
    return valueOrUndefined(() => decodeShape(types, constant.type, new ShapeReader(constant.value)))
  }
}

function valueOrUndefined<T>(decode: () => T): T | undefined {
  try {
    return decode()
  } catch (error) {
    if (error instanceof ShapeError) return undefined
    throw error
  }
}

type RuntimeConstants = Pick<
  ChainCodec,
  'blockWeights' | 'blockLength' | 'dbWeight' | 'minimumPeriodMs' | 'version'
>

function runtimeConstants({ pallets }: RuntimeMetadata, read: ConstantReader): RuntimeConstants {
  return {
    blockWeights: () => toBlockWeights(read('System', 'BlockWeights')),
    blockLength: () => toBlockLength(read('System', 'BlockLength')),
    dbWeight: () => toDbWeight(read('System', 'DbWeight')),
    minimumPeriodMs: () => {
      const period = read('Timestamp', 'MinimumPeriod')
      return typeof period === 'string' || typeof period === 'number' ? BigInt(period) : null
    },
    version: () => {
      const bytes = pallets.find(({ name }) => name === 'System')?.constants.get('Version')?.value
      return bytes === undefined ? null : decodeRuntimeVersion(bytes)
    },
  }
}

type CallCodec = Pick<ChainCodec, 'hasCall' | 'encodeCall' | 'describeCall'>

function callCodec(metadata: RuntimeMetadata): CallCodec {
  const { types } = metadata
  return {
    hasCall: (pallet, call) =>
      [...types.calls.values()].some(
        (candidate) =>
          candidate.pallet === pallet &&
          [...candidate.variants.values()].some((variant) => variant.name === call),
      ),
    encodeCall: (pallet, call, args = {}) =>
      asEncodeError('call', () => encodeCall(types, { pallet, call, args })),
    describeCall: (bytes) => describeCall(metadata, bytes),
  }
}

function describeCall({ types }: RuntimeMetadata, bytes: Uint8Array): CallDecoding {
  const reader = new ShapeReader(bytes)
  try {
    const { pallet, call, args } = decodeCall(types, reader)
    if (reader.remaining > 0) throw new ShapeError(`${reader.remaining} bytes after the call`)
    return { kind: 'call', call: { pallet, call, args, index: [bytes[0] ?? 0, bytes[1] ?? 0] } }
  } catch (error) {
    if (!(error instanceof ShapeError)) throw error
    return { kind: 'error', error: error.describe() }
  }
}
