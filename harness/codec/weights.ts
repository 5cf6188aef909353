import { isRecord } from './shape/encodeShape.ts'
import type { ChainInput, ChainValue, TypeRef, TypeTable } from './shape/shape.ts'

/** A weight; runtimes from before proof sizes (mid 2022) have `proofSize` 0. 10^12 of `refTime` is a second. */
export interface Weight {
  readonly refTime: bigint
  readonly proofSize: bigint
}

export type DispatchClass = 'normal' | 'operational' | 'mandatory'

/** `System.BlockWeight`: what each class has used. */
export type ClassWeights = Readonly<Record<DispatchClass, Weight>>

export interface ClassLimits {
  readonly baseExtrinsic: Weight
  /** Null: no limit of its own. */
  readonly maxExtrinsic: Weight | null
  readonly maxTotal: Weight | null
  readonly reserved: Weight | null
}

/** The constant `System.BlockWeights`. */
export interface BlockWeights {
  readonly baseBlock: Weight
  readonly maxBlock: Weight
  readonly perClass: Readonly<Record<DispatchClass, ClassLimits>>
}

/** The constant `System.BlockLength`: most bytes of extrinsics a block, by class. */
export type BlockLength = Readonly<Record<DispatchClass, number>>

/** The constant `System.DbWeight`: what one storage access is declared to cost, in `refTime`. */
export interface DbWeight {
  readonly read: bigint
  readonly write: bigint
}

/** A decoded weight of any age: an integer, `{ ref_time }` or `{ ref_time, proof_size }`. Null when it is none. */
export function toWeight(value: ChainValue | undefined): Weight | null {
  const plain = toBigint(value)
  if (plain !== null) return { refTime: plain, proofSize: 0n }
  const refTime = toBigint(field(value, 'ref_time', 'refTime'))
  if (refTime === null) return null
  return { refTime, proofSize: toBigint(field(value, 'proof_size', 'proofSize')) ?? 0n }
}

/** `weight` as the runtime's own weight type takes it. */
export function weightInput(types: TypeTable, type: TypeRef, weight: Weight): ChainInput {
  const shape = types.shape(type)
  if (shape.kind !== 'struct') return weight.refTime
  return [weight.refTime, weight.proofSize].slice(0, shape.fields.length)
}

/** Per class of `PerDispatchClass<Weight>`; null when the value has another form. */
export function toClassWeights(value: ChainValue | undefined): ClassWeights | null {
  return perClass(value, toWeight)
}

/** Null when the value is not a `BlockWeights`. */
export function toBlockWeights(value: ChainValue | undefined): BlockWeights | null {
  const baseBlock = toWeight(field(value, 'base_block', 'baseBlock'))
  const maxBlock = toWeight(field(value, 'max_block', 'maxBlock'))
  const classes = perClass(field(value, 'per_class', 'perClass') ?? null, toClassLimits)
  return baseBlock === null || maxBlock === null || classes === null
    ? null
    : { baseBlock, maxBlock, perClass: classes }
}

function toClassLimits(value: ChainValue): ClassLimits | null {
  const baseExtrinsic = toWeight(field(value, 'base_extrinsic', 'baseExtrinsic'))
  if (baseExtrinsic === null) return null
  return {
    baseExtrinsic,
    maxExtrinsic: toWeight(field(value, 'max_extrinsic', 'maxExtrinsic')),
    maxTotal: toWeight(field(value, 'max_total', 'maxTotal')),
    reserved: toWeight(field(value, 'reserved')),
  }
}

/** Null when the value is not a `BlockLength`. */
export function toBlockLength(value: ChainValue | undefined): BlockLength | null {
  return perClass(field(value, 'max') ?? value, (length) => (typeof length === 'number' ? length : null))
}

/** Null when the value is not a `RuntimeDbWeight`. */
export function toDbWeight(value: ChainValue | undefined): DbWeight | null {
  const read = toBigint(field(value, 'read'))
  const write = toBigint(field(value, 'write'))
  return read === null || write === null ? null : { read, write }
}

function perClass<T>(
  value: ChainValue | undefined,
  convert: (value: ChainValue) => T | null,
): Readonly<Record<DispatchClass, T>> | null {
  const of = (name: DispatchClass) => convert(field(value, name) ?? null)
  const [normal, operational, mandatory] = [of('normal'), of('operational'), of('mandatory')]
  return normal === null || operational === null || mandatory === null
    ? null
    : { normal, operational, mandatory }
}

/** The first field of those names. */
function field(value: ChainValue | undefined, ...names: readonly string[]): ChainValue | undefined {
  if (value === undefined || !isRecord(value)) return undefined
  const name = names.find((candidate) => Object.hasOwn(value, candidate))
  // SAFETY: isRecord narrows a ChainValue to its object form, whose entries are ChainValues.
  return name === undefined ? undefined : (value[name] as ChainValue)
}

function toBigint(value: ChainValue | undefined): bigint | null {
  return typeof value === 'number' || (typeof value === 'string' && /^\d+$/.test(value))
    ? BigInt(value)
    : null
}
