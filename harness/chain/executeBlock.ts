import { isEqualBytes } from '../base/bytes.ts'
import type { Outcome } from '../runtime/executor.ts'
import type { StateVersion } from '../state/chainState.ts'
import type { Changes } from '../state/stateView.ts'
import { type Block, type ChainHead, encodeBlock } from './block.ts'
import type { BuiltBlock } from './build/blockBuilder.ts'
import { type ChangeDifference, compareChanges } from './compareChanges.ts'
import { stripSeals } from './header.ts'
import type { BlockRuntime } from './runtimeContext.ts'

/** Unlike what any allocation holds by chance; building starts from zeros. */
const HEAP_FILL = 0xa5

/**
 * Has the runtime execute a whole block over the parent's state, as every node that imports it does. The runtime checks
 * the roots, the digest and each extrinsic itself, and panics when one is wrong; seals are taken off first. It
 * runs in an instance that no call has used, with a heap of other contents than the one that the block was built in.
 */
export function executeBlock(runtime: BlockRuntime, parent: ChainHead, block: Block): Promise<Outcome> {
  const { executor, blob, callOptions } = runtime
  const options = { ...callOptions, freshInstance: true, heapFill: HEAP_FILL }
  const input = encodeBlock({ ...block, header: stripSeals(block.header) })
  return executor.call({ blob, entryPoint: 'Core_execute_block', input, state: parent.state, options })
}

/** What three ways of proving a built block said. */
export interface BlockProof {
  /** True when all three agree with the block. */
  readonly holds: boolean
  /** Of `Core_execute_block`. */
  readonly execution: Outcome
  /** Keys that executing changed to something else than building did; empty also when the execution did not end. */
  readonly differences: readonly ChangeDifference[]
  /** The header's state root is that of the parent's trie with the block's changes, computed outside the runtime's calls. */
  readonly rootMatches: boolean
}

/** Proves a block that was built over `parent`: executed by the runtime, change by change, and by its state root. */
export async function proveBlock(
  runtime: BlockRuntime,
  parent: ChainHead,
  built: BuiltBlock,
): Promise<BlockProof> {
  const execution = await executeBlock(runtime, parent, built.block)
  const { changes } = built.head.state
  const differences = execution.kind === 'ok' ? compareChanges(parent.state, changes, execution.changes) : []
  const rootMatches = isEqualBytes(
    rootAfter(parent, changes, runtime.stateVersion),
    built.block.header.stateRoot,
  )
  const holds = execution.kind === 'ok' && differences.length === 0 && rootMatches
  return { holds, execution, differences, rootMatches }
}

/** The parent keeps its trie, so that a chain of proofs computes each block's part once. */
function rootAfter(parent: ChainHead, changes: Changes, version: StateVersion): Uint8Array {
  parent.state.trie(version)
  return parent.state.with(changes, null, version).stateRoot(version)
}
