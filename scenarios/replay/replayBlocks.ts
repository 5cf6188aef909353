import { bytesToHex } from '../../harness/base/bytes.ts'
import {
  type Block,
  blockWeight,
  type ChainHead,
  createHead,
  encodeBlock,
  type Header,
  type RuntimeCache,
  stripSeals,
} from '../../harness/chain/index.ts'

import type { RuntimeBlob } from '../../harness/runtime/blob/index.ts'
import type { ChainState } from '../../harness/state/chainState.ts'
import { CandidateRun } from './candidateRun.ts'
import { missingState } from './missingState.ts'
import { executeRealBlock } from './realBlock.ts'
import {
  type CandidateReplay,
  type ReplayedBlock,
  type ReplayReport,
  type ReplayStop,
  replayVerdict,
} from './replayReport.ts'
import { type ReplayRuntime, replayRuntime } from './replayRuntime.ts'

export interface ReplayOptions {
  readonly catalog: RuntimeCache
  /** The block before the first one, with its state. */
  readonly parent: ChainHead
  /** In order, without a gap. */
  readonly blocks: Iterable<Block> | AsyncIterable<Block>
  /** Runs the same blocks beside the chain's own runtime. Default: none. */
  readonly candidate?: RuntimeBlob
  /** Count instructions, in a second execution of each block. Default: false. */
  readonly countsInstructions?: boolean
  /** The state after a block that came out equal. Default: that of its parent with what the block changed. */
  readonly stateAfter?: (header: Header) => ChainState
  readonly signal: AbortSignal
  /** Told of each block of the chain that came out equal, with its parent. */
  onBlock?(
    block: ReplayedBlock,
    replayed: { readonly block: Block; readonly parent: ChainHead },
  ): void | Promise<void>
}

/**
 * Replays blocks of a chain from the state of the block before the first: each header's state root proves what was executed,
 * and that is the next block's parent, so no other state is asked for. Runtime upgrades inside the range are followed.
 * Throws `DrydockError` of kind `environment` when state cannot be fetched.
 */
export async function replayBlocks(options: ReplayOptions): Promise<ReplayReport> {
  const { catalog, candidate, signal } = options
  const done: ReplayedBlock[] = []
  let parent = options.parent
  let stop: ReplayStop | null = null
  const started = candidate === undefined ? null : await CandidateRun.start(catalog, parent, candidate)
  const run = started instanceof CandidateRun ? started : null
  for await (const block of options.blocks) {
    signal.throwIfAborted()
    const step = await replayOne(options, parent, block)
    if (step.kind === 'stop') {
      stop = step.stop
      break
    }
    done.push(step.replayed)
    await run?.follow(step.runtime, parent, block)
    await options.onBlock?.(step.replayed, { block, parent })
    const { head } = step
    parent =
      options.stateAfter === undefined ? head : createHead(head.header, options.stateAfter(head.header))
  }
  const result = started instanceof CandidateRun ? started.result() : notStarted(started)
  const { number, hash } = options.parent
  return {
    schemaVersion: 1,
    parent: { number, hash: bytesToHex(hash) },
    blocks: done,
    stop,
    candidate: result,
    verdict: replayVerdict(stop, result),
  }
}

function notStarted(stop: ReplayStop | null): CandidateReplay | null {
  return stop === null ? null : { specName: null, specVersion: null, blocks: 0, differences: [], stop }
}

type Step =
  | {
      readonly kind: 'equal'
      readonly head: ChainHead
      readonly replayed: ReplayedBlock
      readonly runtime: ReplayRuntime
    }
  | { readonly kind: 'stop'; readonly stop: ReplayStop }

async function replayOne(options: ReplayOptions, parent: ChainHead, block: Block): Promise<Step> {
  const { number } = block.header
  try {
    const answer = await replayRuntime(options.catalog, parent.state)
    if (answer.kind === 'failed') return stopped('unequal', number, answer.message)
    const runtime = answer.value
    const result = await executeRealBlock(runtime, parent, block)
    if (result.kind === 'unequal') return stopped('unequal', number, result.why)
    const instructions =
      options.countsInstructions === true ? await countInstructions(runtime, parent, block) : null
    const { context } = runtime
    const weight = context === null ? null : blockWeight(context.codec, result.head.state)
    const { wallMs, reads, writes } = result.cost
    const replayed: ReplayedBlock = {
      number,
      hash: bytesToHex(result.head.hash),
      specVersion: runtime.version.specVersion,
      extrinsics: block.extrinsics.length,
      wallMs,
      instructions,
      weightRefTime: weight === null ? null : String(weight.total.refTime),
      reads,
      writes,
    }
    return { kind: 'equal', head: result.head, replayed, runtime }
  } catch (error) {
    const missing = missingState(error)
    if (missing === null) throw error
    return stopped('incomplete', number, missing)
  }
}

async function countInstructions(
  runtime: ReplayRuntime,
  parent: ChainHead,
  block: Block,
): Promise<number | null> {
  const { executor, blob, callOptions } = runtime
  const input = encodeBlock({ ...block, header: stripSeals(block.header) })
  const options = { ...callOptions, countInstructions: true }
  const outcome = await executor.call({
    blob,
    entryPoint: 'Core_execute_block',
    input,
    state: parent.state,
    options,
  })
  return outcome.cost.instructions ?? null
}

function stopped(kind: ReplayStop['kind'], block: number, message: string): Step {
  return { kind: 'stop', stop: { kind, block, message } }
}
