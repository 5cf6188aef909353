import type { ChainHead, RuntimeContext } from '../../harness/chain/index.ts'

/** What is fuzzed: a chain where it stands, and the runtime that executes its next block. */
export interface FuzzTarget {
  readonly runtime: RuntimeContext
  readonly head: ChainHead
}
