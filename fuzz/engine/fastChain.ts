import { DrydockError } from '../../harness/base/errors.ts'
import { chooseConsensus } from '../../harness/chain/consensus/index.ts'
import { currentTimeMs } from '../../harness/chain/consensus/nextSlot.ts'
import { zeroHash } from '../../harness/chain/header.ts'
import {
  type ChainHead,
  createHead,
  decodeExtrinsics,
  decodeHeader,
  encodeHeader,
  plainKey,
  type RuntimeContext,
} from '../../harness/chain/index.ts'
import { createInherentData, encodeInherentData } from '../../harness/chain/inherents/index.ts'
import { encodeUint } from '../../harness/codec/scale.ts'
import type { Outcome, RuntimeLog } from '../../harness/runtime/executor.ts'
import { DEFAULT_HEAP_PAGES } from '../../harness/runtime/heapPages.ts'
import { FastMachine, type FastRun } from '../../harness/runtime/v8/fast/fastMachine.ts'
import { createHostServices } from '../../harness/runtime/v8/hostServices.ts'
import { V8Executor } from '../../harness/runtime/v8/v8Executor.ts'
import type { ChainState } from '../../harness/state/chainState.ts'
import { Overlay } from '../../harness/state/overlay.ts'
import type { CallStep } from '../strategies/step.ts'
import { ExtrinsicWriter } from './extrinsicWriter.ts'
import type { FuzzTarget } from './fuzzTarget.ts'

/** A block after its inherents, the shared parent of every case that goes on from it. */
export interface OpenBlock {
  readonly parent: ChainHead
  readonly number: number
  readonly state: ChainState
  /** The runtime takes nothing but inherents, in the middle of a multi-block migration. */
  readonly inherentsOnly: boolean
  /** Instructions of `Core_initialize_block`. */
  readonly initializeFuel: number
  readonly heapPeakBytes: number
  /** At ERROR, of initialize and inherents. */
  readonly errors: readonly RuntimeLog[]
  /** What `Core_initialize_block` was given, over the state of `parent`. */
  readonly header: Uint8Array
}

/** A phase that did not come back: the block cannot be built. */
export interface Stop {
  readonly kind: 'stop'
  /** `initialize`, `inherents`, `finalize`, or `Pallet.call`. */
  readonly phase: string
  readonly outcome: Outcome
}

export type Opened = { readonly kind: 'open'; readonly block: OpenBlock } | Stop

export type Applied =
  | { readonly kind: 'success' | 'failed'; readonly run: FastRun; readonly output: Uint8Array }
  /** Not in the block: the runtime refused it. */
  | { readonly kind: 'invalid'; readonly run: FastRun; readonly output: Uint8Array }
  /** The step cannot be made here. */
  | { readonly kind: 'skipped' }
  | Stop

export type Closed = { readonly kind: 'closed'; readonly head: ChainHead; readonly run: FastRun } | Stop

export interface FastChainOptions {
  /** Instructions of one call, past which it counts as endless. Default 400,000,000. */
  readonly fuelLimit?: number
  readonly records?: 'edges' | 'comparisons'
}

const DEFAULT_FUEL_LIMIT = 400_000_000
const INITIALIZE = 'Core_initialize_block'
const APPLY = 'BlockBuilder_apply_extrinsic'
const NUMBER_KEY = plainKey('System', 'Number')
const NO_BYTES = new Uint8Array(0)

/** A chain's blocks on the fast machine: opened, filled and closed without state roots, from any head of the fork. */
export class FastChain {
  readonly runtime: RuntimeContext
  readonly machine: FastMachine
  readonly writer: ExtrinsicWriter
  /** Runtime calls made so far. */
  executions = 0
  #slotDurationMs: bigint | null = null

  private constructor(runtime: RuntimeContext, machine: FastMachine) {
    this.runtime = runtime
    this.machine = machine
    this.writer = new ExtrinsicWriter(runtime)
  }

  /** Throws `UnrunnableModuleError` for a runtime that V8 refuses, and what `signExtrinsic` throws. */
  static open(target: Pick<FuzzTarget, 'runtime'>, options: FastChainOptions = {}): FastChain {
    // Questions between blocks are answered in this thread, at once.
    const executor = new V8Executor({ clock: { nowMs: () => 0 } })
    const runtime = { ...target.runtime, executor }
    const machine = new FastMachine(runtime.blob, {
      services: createHostServices(() => null),
      heapPages: DEFAULT_HEAP_PAGES,
      fuelLimit: options.fuelLimit ?? DEFAULT_FUEL_LIMIT,
      records: options.records ?? 'edges',
    })
    return new FastChain(runtime, machine)
  }

  /** The block `skip` heights after `parent`; the blocks between change nothing but number and time, which is an assumption. */
  async openBlock(parent: ChainHead, skip = 1): Promise<Opened> {
    const from = skip > 1 ? jumped(parent, skip - 1) : parent
    const claim = await this.#claim(from, skip)
    const overlay = new Overlay(from.state)
    const header = encodeHeader({
      parentHash: from.hash,
      number: from.number + 1,
      stateRoot: zeroHash(),
      extrinsicsRoot: zeroHash(),
      digest: claim.digest,
    })
    const initialized = this.#run(INITIALIZE, header, overlay)
    if (initialized.failure !== null) return stop('initialize', initialized.failure)
    const errors = [...initialized.logs]
    const opened = from.state.with(overlay.changes())
    const data = await createInherentData({ runtime: this.runtime, parent: from, claim })
    if (data.kind === 'failed') return stop('inherents', data.outcome)
    const input = encodeInherentData(data.value)
    const created = this.#run('BlockBuilder_inherent_extrinsics', input, new Overlay(opened))
    if (created.failure !== null) return stop('inherents', created.failure)
    const inherents = new Overlay(opened)
    for (const inherent of decodeExtrinsics(created.output ?? NO_BYTES) ?? []) {
      const run = this.#run(APPLY, inherent, inherents)
      if (run.failure !== null) return stop('inherents', run.failure)
      errors.push(...run.logs)
    }
    const block = {
      parent: from,
      number: from.number + 1,
      state: opened.with(inherents.changes()),
      inherentsOnly: initialized.output?.[0] === 1,
      initializeFuel: initialized.fuel,
      heapPeakBytes: initialized.heapPeakBytes,
      errors,
      header,
    }
    return { kind: 'open', block }
  }

  /** Applies a step to the overlay of a case; what a refused one changed is taken back. */
  apply(step: CallStep, overlay: Overlay): Applied {
    const extrinsic = this.#write(step, overlay)
    if (extrinsic === null) return { kind: 'skipped' }
    overlay.startTransaction()
    const run = this.#run(APPLY, extrinsic, overlay)
    const { output } = run
    if (run.failure !== null || output === null) {
      while (overlay.rollbackTransaction());
      if (run.failure !== null && isBadInput(run.failure)) return { kind: 'skipped' }
      return stop(`${step.pallet}.${step.call}`, run.failure ?? brokenRun())
    }
    if (output[0] === 0) {
      overlay.commitTransaction()
      return { kind: output[1] === 0 ? 'success' : 'failed', run, output }
    }
    overlay.rollbackTransaction()
    return { kind: 'invalid', run, output }
  }

  /** Ends the block that `overlay` holds. */
  close(block: OpenBlock, overlay: Overlay): Closed {
    const run = this.#run('BlockBuilder_finalize_block', NO_BYTES, overlay)
    if (run.failure !== null) return stop('finalize', run.failure)
    const header = decodeHeader(run.output ?? NO_BYTES)
    const state = block.state.with(overlay.changes()).seal()
    const head = createHead(header ?? { ...block.parent.header, number: block.number }, state)
    return { kind: 'closed', head, run }
  }

  #write(step: CallStep, overlay: Overlay): Uint8Array | null {
    try {
      return this.writer.write(step, overlay)
    } catch (error) {
      // Arguments of another runtime, from a corpus or a mutation.
      if (error instanceof DrydockError && error.code.startsWith('CODEC_')) return null
      throw error
    }
  }

  #run(entryPoint: string, input: Uint8Array, overlay: Overlay): FastRun {
    this.executions++
    return this.machine.run({ entryPoint, input, overlay })
  }

  async #claim(parent: ChainHead, skip: number) {
    const nowMs = currentTimeMs(parent.state)
    const slotDurationMs = this.#slotDurationMs
    const jump = skip > 1 && nowMs > 0n && slotDurationMs !== null
    const request = {
      timestampMs: jump ? nowMs + BigInt(skip) * (slotDurationMs ?? 0n) : null,
      slotDurationMs,
      alignMs: 1n,
    }
    const claim = await chooseConsensus(this.runtime).claim(this.runtime, parent, request)
    if (claim.kind === 'failed') {
      throw new DrydockError(`no block can be authored: ${claim.message}`, {
        code: 'FUZZ_AUTHORING',
        kind: 'environment',
      })
    }
    this.#slotDurationMs = claim.value.slotDurationMs
    return claim.value
  }
}

function stop(phase: string, outcome: Outcome): Stop {
  return { kind: 'stop', phase, outcome }
}

/** A node never lets these bytes get as far: they are no extrinsic. */
function isBadInput(outcome: Outcome): boolean {
  return outcome.kind === 'panic' && /Bad input data/.test(outcome.message)
}

function brokenRun(): never {
  throw new DrydockError('a run ended without output', { code: 'FUZZ_BUG', kind: 'bug' })
}

/** The head as if so many blocks had passed. */
function jumped(head: ChainHead, blocks: number): ChainHead {
  const number = head.number + blocks
  const width = head.state.get(NUMBER_KEY)?.length ?? 4
  const state = head.state.with(new Map([[NUMBER_KEY, encodeUint(number, width)]])).seal()
  return createHead({ ...head.header, number }, state)
}
