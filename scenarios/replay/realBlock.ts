import { isEqualBytes } from '../../harness/base/bytes.ts'
import {
  type Block,
  type ChainHead,
  createHead,
  encodeBlock,
  outcomeText,
  stripSeals,
} from '../../harness/chain/index.ts'
import type { CallCost, Outcome } from '../../harness/runtime/executor.ts'
import type { ReplayRuntime } from './replayRuntime.ts'

/** What became of a block of the chain. */
export type RealBlockResult =
  | { readonly kind: 'equal'; readonly head: ChainHead; readonly cost: CallCost }
  /** The block is not what the chain's own runtime makes of its parent. */
  | { readonly kind: 'unequal'; readonly why: string; readonly outcome: Outcome | null }

/**
 * Executes a block of the chain over the state of its parent, as every node did that imported it: the runtime checks digest,
 * extrinsics root and state root itself, and the state root is computed once more outside of it. So a block that comes out
 * equal has every event and every write that the chain has.
 */
export async function executeRealBlock(
  runtime: ReplayRuntime,
  parent: ChainHead,
  block: Block,
): Promise<RealBlockResult> {
  const { header } = block
  if (header.number !== parent.number + 1 || !isEqualBytes(header.parentHash, parent.hash)) {
    return { kind: 'unequal', why: 'it does not follow the block before it', outcome: null }
  }
  const { executor, blob, callOptions: options } = runtime
  const input = encodeBlock({ ...block, header: stripSeals(header) })
  const request = { blob, entryPoint: 'Core_execute_block', input, state: parent.state, options }
  const outcome = await executor.call(request)
  if (outcome.kind !== 'ok') return { kind: 'unequal', why: outcomeText(outcome), outcome }
  // Without the trie that the call may have brought, so that the root is computed a second time.
  const state = parent.state.with(outcome.changes).seal()
  if (!isEqualBytes(state.stateRoot(runtime.stateVersion), header.stateRoot)) {
    const why = 'the state after it has another root than its header says'
    return { kind: 'unequal', why, outcome }
  }
  return { kind: 'equal', head: createHead(header, state), cost: outcome.cost }
}
