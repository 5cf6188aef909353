import { hexToBytes } from '../base/bytes.ts'
import type { DispatchErrorInfo } from './applyResult.ts'
import type { RuntimeMetadata } from './metadata/runtimeMetadata.ts'
import { decodeShape, ShapeReader } from './shape/decodeShape.ts'
import { isRecord } from './shape/encodeShape.ts'
import { type ChainValue, ShapeError } from './shape/shape.ts'

/**
 * `DispatchError` with the names of the runtime, from its bytes or from a decoded value such as a field of
 * `System.ExtrinsicFailed`; null when it is none.
 */
export function describeDispatchError(
  metadata: RuntimeMetadata,
  error: Uint8Array | ChainValue,
): DispatchErrorInfo | null {
  const value = error instanceof Uint8Array ? decodeError(metadata, error) : error
  if (typeof value === 'string') return { kind: value }
  if (!isRecord(value)) return null
  const [kind, ...others] = Object.keys(value)
  if (kind === undefined || others.length > 0) return null
  // SAFETY: isRecord narrows a ChainValue to its object form, whose entries are ChainValues.
  const content = value[kind] as ChainValue
  if (kind === 'Module') return moduleError(metadata, content)
  return typeof content === 'string' ? { kind, error: content } : { kind }
}

function decodeError({ types, dispatchError }: RuntimeMetadata, bytes: Uint8Array): ChainValue {
  if (dispatchError === null) return null
  try {
    return decodeShape(types, dispatchError, new ShapeReader(bytes))
  } catch (error) {
    if (error instanceof ShapeError) return null
    throw error
  }
}

/** `{ index, error }`, where `error` was one byte before 2022 and is four, the first of which is the index, since. */
function moduleError({ errors, pallets }: RuntimeMetadata, content: ChainValue): DispatchErrorInfo | null {
  if (!isRecord(content)) return null
  const { index, error } = content as { index?: ChainValue; error?: ChainValue }
  if (typeof index !== 'number') return null
  const errorIndex = typeof error === 'string' ? hexToBytes(error)[0] : error
  if (typeof errorIndex !== 'number') return null
  const pallet = errors.get(index)
  const variant = pallet?.variants.get(errorIndex)
  const name = pallet?.pallet ?? pallets.find((candidate) => candidate.index === index)?.name ?? String(index)
  const docs = variant?.docs
    .map((line) => line.trim())
    .join(' ')
    .trim()
  return {
    kind: 'Module',
    pallet: name,
    error: variant?.name ?? String(errorIndex),
    ...(docs === undefined || docs === '' ? {} : { docs }),
  }
}
