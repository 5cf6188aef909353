/**
 * What `BlockBuilder_apply_extrinsic` and `TaggedTransactionQueue_validate_transaction` say went wrong. The outer layers have
 * stood still since 2020, so they are read without metadata; names of pallet errors come from `ErrorNames`.
 *
 * @see https://github.com/paritytech/polkadot-sdk/blob/polkadot-stable2503/substrate/primitives/runtime/src/transaction_validity.rs
 */
import { bytesToHex } from '../base/bytes.ts'

/** Why a dispatch failed. */
export interface DispatchErrorInfo {
  /** The variant of `sp_runtime::DispatchError`, such as `BadOrigin`, `Module`, `Token`. */
  readonly kind: string
  /** Of a module error: the pallet, or its index as text when unnamed. */
  readonly pallet?: string
  /** Of a module error: the error's name, or its index as text; of `Token`, `Arithmetic` and the like: the inner variant. */
  readonly error?: string
  /** What the runtime's source says of a module error, in one line. */
  readonly docs?: string
}

/** `invalid`: the extrinsic was not applied at all and must not be in a block, such as `Invalid: BadProof`. */
export type ApplyResult =
  | { readonly kind: 'success' }
  | { readonly kind: 'dispatchError'; readonly error: DispatchErrorInfo }
  | { readonly kind: 'invalid'; readonly reason: string }

/** Reads a SCALE `DispatchError` at the start of the bytes; null when it is none. */
export type DispatchErrorDecoder = (bytes: Uint8Array) => DispatchErrorInfo | null

const INVALID = [
  'Call',
  'Payment',
  'Future',
  'Stale',
  'BadProof',
  'AncientBirthBlock',
  'ExhaustsResources',
  'Custom',
  'BadMandatory',
  'MandatoryValidation',
  'BadSigner',
  'IndeterminateImplicit',
  'UnknownOrigin',
]
const UNKNOWN = ['CannotLookup', 'NoUnsignedValidator', 'Custom']

/**
 * `ApplyExtrinsicResult`: `Result<Result<(), DispatchError>, TransactionValidityError>`; null when the bytes are none.
 * Without `decodeError`, the error of a dispatch is told by the current order of variants and by indices.
 */
export function decodeApplyResult(
  bytes: Uint8Array,
  decodeError: DispatchErrorDecoder = decodePlainDispatchError,
): ApplyResult | null {
  const [outer, inner] = bytes
  if (outer === 1) {
    const reason = decodeValidityError(bytes.subarray(1))
    return reason === null ? null : { kind: 'invalid', reason }
  }
  if (outer !== 0) return null
  if (inner === 0) return bytes.length === 2 ? { kind: 'success' } : null
  const error = inner === 1 ? decodeError(bytes.subarray(2)) : null
  return error === null ? null : { kind: 'dispatchError', error }
}

/** `TransactionValidityError` as `Invalid: Stale`, `Invalid: Custom(7)` or `Unknown: CannotLookup`; null when it is none. */
export function decodeValidityError(bytes: Uint8Array): string | null {
  const [kind, variant, custom] = bytes
  if (kind === undefined || kind > 1 || variant === undefined) return null
  const name = (kind === 0 ? INVALID : UNKNOWN)[variant] ?? `variant ${variant}`
  if (name === 'Custom' && custom === undefined) return null
  return `${kind === 0 ? 'Invalid' : 'Unknown'}: ${name === 'Custom' ? `Custom(${custom})` : name}`
}

const DISPATCH_ERRORS = [
  'Other',
  'CannotLookup',
  'BadOrigin',
  'Module',
  'ConsumerRemaining',
  'NoProviders',
  'TooManyConsumers',
  'Token',
  'Arithmetic',
  'Transactional',
  'Exhausted',
  'Corruption',
  'Unavailable',
  'RootNotAllowed',
  'Trie',
]
/** The variants that hold another one. */
const NESTED = new Set(['Token', 'Arithmetic', 'Transactional', 'Trie'])

/** `DispatchError` by the current order of variants (before 2022, those from `Token` on stood one earlier). */
export function decodePlainDispatchError(bytes: Uint8Array): DispatchErrorInfo | null {
  const [index, first, second] = bytes
  const kind = index === undefined ? undefined : DISPATCH_ERRORS[index]
  if (kind === undefined) return null
  if (kind === 'Module') {
    if (first === undefined || second === undefined) return null
    return { kind, pallet: String(first), error: bytesToHex(trimmed(bytes.subarray(2, 6))) }
  }
  if (!NESTED.has(kind)) return { kind }
  return first === undefined ? null : { kind, error: String(first) }
}

/** An error's index, without the zeros that fill it up to four bytes. */
function trimmed(error: Uint8Array): Uint8Array {
  const end = error.findLastIndex((byte) => byte !== 0)
  return error.subarray(0, Math.max(end + 1, 1))
}
