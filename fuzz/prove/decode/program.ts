import type { Concrete } from './concrete.ts'
import type { NumericOp } from './numericOps.ts'

/** Bits of a value; there are no other types in a module that can be proved. */
export type Width = 32 | 64

export interface FunctionType {
  readonly parameters: readonly Width[]
  readonly results: readonly Width[]
}

/** A load or store: how many bytes of memory, and what the value on the stack is. */
export interface Access {
  readonly sizeBytes: 1 | 2 | 4 | 8
  readonly width: Width
  readonly isSigned: boolean
  readonly offset: number
}

/** One instruction; `at` is its byte offset in the module. */
export type Instruction = { readonly at: number } & (
  | { readonly kind: 'unreachable' | 'nop' | 'else' | 'end' | 'return' | 'drop' | 'select' }
  | { readonly kind: 'memorySize' | 'memoryGrow' | 'memoryFill' | 'memoryCopy' }
  | { readonly kind: 'block' | 'loop' | 'if'; readonly type: FunctionType }
  | { readonly kind: 'br' | 'brIf'; readonly depth: number }
  | { readonly kind: 'brTable'; readonly depths: readonly number[]; readonly otherwise: number }
  | { readonly kind: 'call'; readonly callee: number }
  | { readonly kind: 'callIndirect'; readonly type: FunctionType }
  | {
      readonly kind: 'localGet' | 'localSet' | 'localTee' | 'globalGet' | 'globalSet'
      readonly index: number
    }
  | { readonly kind: 'load' | 'store'; readonly access: Access }
  | { readonly kind: 'constant'; readonly value: Concrete; readonly width: Width }
  | { readonly kind: 'numeric'; readonly op: NumericOp }
)

export interface ProgramFunction {
  readonly index: number
  /** From the name section or an export; `f7` without one. */
  readonly name: string
  readonly type: FunctionType
  readonly locals: readonly Width[]
  readonly code: readonly Instruction[]
  /** Byte offsets of the body in the module, from after its size. */
  readonly start: number
  readonly end: number
}

export interface ProgramGlobal {
  readonly width: Width
  readonly initial: Concrete
}

/** Bytes that instantiation puts into memory. */
export interface DataSegment {
  readonly offset: number
  readonly bytes: Uint8Array
}

/** A module without imports and floats, decoded. Concrete values are unsigned; below 2^53 they are numbers. */
export interface Program {
  readonly functions: readonly ProgramFunction[]
  readonly globals: readonly ProgramGlobal[]
  readonly memory: { readonly minPages: number; readonly maxPages: number }
  readonly data: readonly DataSegment[]
  /** Function index by place in the table; absent where it was never filled. */
  readonly table: ReadonlyMap<number, number>
  /** Exported functions by name. */
  readonly exports: ReadonlyMap<string, number>
  /** Runs at instantiation; null without one. */
  readonly start: number | null
}
