/**
 * How a SCALE value is laid out, as plain data: metadata of every version is read into these shapes once, and decoding,
 * encoding and (elsewhere) generating values are small walks over them.
 *
 * Nested types are named by `TypeRef` and looked up in a `TypeTable`, since types may contain themselves
 * (`RuntimeCall` does, through `Utility.batch`).
 */

/** Names a type in its `TypeTable`: the portable type id, or a number past them for types that metadata before V14 names. */
export type TypeRef = number

export interface ShapeField {
  /** As the runtime's source has it, such as `ref_time`; null in a tuple-like type. */
  readonly name: string | null
  readonly type: TypeRef
}

export interface ShapeVariant {
  readonly name: string
  readonly index: number
  readonly fields: readonly ShapeField[]
  readonly docs: readonly string[]
}

/** Newtypes (`struct X(T)`) do not appear: they have the shape of what they hold. */
export type Shape =
  | { readonly kind: 'bool' | 'char' | 'str' | 'bytes' | 'account' | 'call' }
  /** `bytes` wide, little-endian. */
  | { readonly kind: 'uint' | 'int'; readonly bytes: number }
  /** `Compact<T>`; `bytes` is the width of the integer, 0 for `Compact<()>`. */
  | { readonly kind: 'compact'; readonly bytes: number }
  | { readonly kind: 'fixedBytes'; readonly length: number }
  | { readonly kind: 'vec'; readonly inner: TypeRef }
  | { readonly kind: 'option' | 'opaque'; readonly inner: TypeRef }
  | { readonly kind: 'array'; readonly inner: TypeRef; readonly length: number }
  | { readonly kind: 'tuple'; readonly items: readonly TypeRef[] }
  | { readonly kind: 'struct'; readonly fields: readonly ShapeField[] }
  | { readonly kind: 'enum'; readonly variants: ReadonlyMap<number, ShapeVariant> }
  /** Bits in words of `bytes`; `isMsb`: the first bit is the word's highest. */
  | { readonly kind: 'bits'; readonly bytes: number; readonly isMsb: boolean }
  /** A type of metadata before V14 that has its own class in `@polkadot/types`. */
  | { readonly kind: 'foreign'; readonly name: string }
  /** A type that metadata before V14 names and nobody defines. */
  | { readonly kind: 'unknown'; readonly name: string }

/** What `foreign` shapes are decoded and encoded with. */
export interface ForeignTypes {
  /** The value, and how many of the bytes it takes; throws when they are not of that type. */
  decode(name: string, bytes: Uint8Array): { readonly value: ChainValue; readonly length: number }
  encode(name: string, value: ChainInput): Uint8Array
}

export interface TypeTable {
  /** Throws for a reference that the metadata does not define. */
  shape(type: TypeRef): Shape
  /** As the runtime's source writes it, without module paths: `Perbill`, `BoundedVec<u8>`. For people, and to tell newtypes apart. */
  name(type: TypeRef): string
  /** The runtime's outermost call enum: pallets, each with its own enum of calls. */
  readonly calls: ReadonlyMap<number, PalletVariants>
  readonly ss58Format: number
  readonly foreign: ForeignTypes
}

/** One pallet's calls, events or errors, by index. */
export interface PalletVariants {
  readonly pallet: string
  readonly index: number
  readonly variants: ReadonlyMap<number, ShapeVariant>
}

/**
 * A decoded value that survives JSON. Integers up to 32 bits are numbers, wider ones decimal strings; bytes are 0x-hex;
 * accounts are SS58; a variant is its name, or `{ Name: fields }`; an absent option and the unit are null; a present option
 * whose content could be null itself is `{ Some: content }`; a call is `{ pallet, call, args }`.
 */
export type ChainValue =
  | null
  | boolean
  | number
  | string
  | readonly ChainValue[]
  | { readonly [name: string]: ChainValue }

/**
 * What encoding takes: every `ChainValue`, and besides bigint for integers, `Uint8Array` for bytes, accounts and encoded
 * calls, and camelCase field names.
 */
export type ChainInput =
  | null
  | undefined
  | boolean
  | number
  | bigint
  | string
  | Uint8Array
  | readonly ChainInput[]
  | { readonly [name: string]: ChainInput }

/** A value that does not fit its shape. The codec turns it into a result or a `DrydockError`; it does not leave the layer. */
export class ShapeError extends Error {
  readonly path: readonly string[]

  constructor(message: string, path: readonly string[] = []) {
    super(message)
    this.name = 'ShapeError'
    this.path = path
  }

  /** The same error, seen from the value around it. */
  within(step: string): ShapeError {
    return new ShapeError(this.message, [step, ...this.path])
  }

  /** Path and message in one line. */
  describe(): string {
    return this.path.length === 0 ? this.message : `${this.path.join('.')}: ${this.message}`
  }
}

/** How deep values may nest; runtimes refuse calls nested deeper than 256. */
export const MAX_DEPTH = 512

/** Whether null is a value of the shape, so that an option around it must say `Some`. */
export function isNullable(types: TypeTable, type: TypeRef): boolean {
  const shape = types.shape(type)
  return (
    shape.kind === 'option' ||
    shape.kind === 'foreign' ||
    (shape.kind === 'tuple' && shape.items.length === 0) ||
    (shape.kind === 'opaque' && isNullable(types, shape.inner)) ||
    (shape.kind === 'compact' && shape.bytes === 0)
  )
}
