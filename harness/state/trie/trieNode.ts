import type { StorageKey } from '../stateView.ts'

/** 0: values stand in their nodes. 1: a value longer than 32 bytes is hashed, and its hash stands in the node. */
export type StateVersion = 0 | 1

/** Values longer than this are hashed under version 1. */
export const MAX_INLINE_VALUE = 32

/** A key with its value as its node holds it. Where its partial key starts depends on the parent alone. */
export interface Leaf {
  readonly kind: 'leaf'
  readonly key: StorageKey
  /** The value, or its hash when `isHashed`. */
  readonly value: Uint8Array
  readonly isHashed: boolean
}

/**
 * A node with children. `key` is any key below it or of it, of which the first `depth` nibbles are the path to the branch.
 */
export interface Branch {
  readonly kind: 'branch'
  readonly key: StorageKey
  readonly depth: number
  readonly value: Uint8Array | null
  readonly isHashed: boolean
  /** Bit n: there is a child at nibble n. */
  readonly bitmap: number
  /**
   * The children's Merkle values in order of nibbles, each after its length as a SCALE compact (one byte), as the node has
   * them. PERF: a binary string, which V8 makes in half the time of a `Uint8Array` and without memory outside its heap.
   */
  readonly children: string
  /** One for each child in order of nibbles; empty when all are null. */
  readonly links: readonly Link[]
}

/**
 * What is in memory of a child. Null: nothing but its Merkle value. Then the keys in the base store under the path to the
 * child are exactly the keys of that subtree, encoded under the version of the base, and can be read again.
 */
export type Link = Branch | Leaf | null
