import { DrydockError } from '../../../harness/base/errors.ts'
import { type ChainHead, createHead } from '../../../harness/chain/block.ts'
import { type BuildResult, buildBlock } from '../../../harness/chain/build/blockBuilder.ts'
import type { Fork } from '../../../harness/chain/fork.ts'
import { CODE_KEY, plainKey } from '../../../harness/chain/plainKey.ts'
import type { RuntimeContext } from '../../../harness/chain/runtimeContext.ts'
import { encodeUint } from '../../../harness/codec/scale.ts'
import type { RuntimeBlob } from '../../../harness/runtime/blob/index.ts'
import { ChainState } from '../../../harness/state/chainState.ts'
import type { StorageKey } from '../../../harness/state/stateView.ts'

/** One of the two chains of a twin. */
export interface TwinSide {
  readonly runtime: RuntimeContext
  readonly head: ChainHead
}

/** The same block under both runtimes. */
export interface TwinBlock {
  readonly number: number
  readonly control: BuildResult
  readonly candidate: BuildResult
}

/** What both sides get of a block. */
export interface TwinInput {
  /** By side, since their encodings may differ. Default: none. */
  readonly extrinsics?: { readonly control: readonly Uint8Array[]; readonly candidate: readonly Uint8Array[] }
}

/** Answered for every state root, so that hashes of blocks, and what is drawn from them, are the same on both sides. */
const ASSUMED_ROOT = new Uint8Array(32)
/** PERF: a state keeps every one before it; so often they are let go. */
const FLATTEN_BLOCKS = 64
const NUMBER_KEY = plainKey('System', 'Number')
const NUMBER_BYTES = 4

/**
 * The chain with the upgrade beside the same chain without it (the control), block by block with the same inputs: time,
 * parent hash, state root, extrinsics. What comes out differently was caused by the candidate.
 */
export class Twin {
  #control: TwinSide
  #candidate: TwinSide
  #sinceFlat = 0
  /** Of the next block: a slot after the last one's; null before the first. */
  #nextTimeMs: bigint | null = null
  #slotDurationMs: bigint | null = null

  constructor(control: TwinSide, candidate: TwinSide) {
    this.#control = withAssumptions(control)
    this.#candidate = withAssumptions(candidate)
  }

  /**
   * Both at the block after the fork's head, which the runtime on chain builds; the candidate's side then has the new code, and
   * its next block is the first of the candidate. Throws `TWIN_START` when the runtime on chain builds no block.
   */
  static async start(fork: Fork, candidate: RuntimeBlob): Promise<Twin> {
    const runtime = quiet(await fork.context())
    const first = await buildBlock(runtime, fork.head)
    if (first.kind === 'failed') throw cannotStart(first.message)
    const { head } = first
    const upgraded = { ...head, state: head.state.with(new Map([[CODE_KEY, candidate.submitted]])).seal() }
    const next = await fork.catalog.of(candidate, upgraded.state)
    if (next.kind === 'failed') throw cannotStart(next.message)
    return new Twin({ runtime, head }, { runtime: next.value, head: upgraded })
  }

  get control(): TwinSide {
    return this.#control
  }

  get candidate(): TwinSide {
    return this.#candidate
  }

  /** An independent twin at the same place. */
  branch(): Twin {
    const twin = new Twin(this.#control, this.#candidate)
    twin.#nextTimeMs = this.#nextTimeMs
    twin.#slotDurationMs = this.#slotDurationMs
    return twin
  }

  /** Changes both states by hand, the same keys on both sides. */
  edit(changes: {
    readonly control: ReadonlyMap<StorageKey, Uint8Array | null>
    readonly candidate: ReadonlyMap<StorageKey, Uint8Array | null>
  }): void {
    const edited = (side: TwinSide, what: ReadonlyMap<StorageKey, Uint8Array | null>): TwinSide => ({
      ...side,
      head: { ...side.head, state: side.head.state.with(what).seal() },
    })
    this.#control = edited(this.#control, changes.control)
    this.#candidate = edited(this.#candidate, changes.candidate)
  }

  /**
   * Goes to the block before a height further off, as if those between had been and changed nothing but number and time. At least
   * one block has to be built before, which tells how long a slot is.
   */
  jumpTo(number: number): void {
    const skipped = number - 1 - this.#control.head.number
    if (skipped <= 0 || this.#slotDurationMs === null || this.#nextTimeMs === null) return
    this.#nextTimeMs += BigInt(skipped) * this.#slotDurationMs
    const moved = ({ runtime, head }: TwinSide): TwinSide => {
      const width = head.state.get(NUMBER_KEY)?.length ?? NUMBER_BYTES
      const state = head.state.with(new Map([[NUMBER_KEY, encodeUint(number - 1, width)]])).seal()
      return { runtime, head: createHead({ ...head.header, number: number - 1 }, state) }
    }
    this.#control = moved(this.#control)
    this.#candidate = moved(this.#candidate)
  }

  /** Builds the next block on both sides. A side on which it fails stays where it is. */
  async next(input: TwinInput = {}): Promise<TwinBlock> {
    const number = this.#control.head.number + 1
    const { control, candidate } = input.extrinsics ?? { control: [], candidate: [] }
    const wanted = this.#nextTimeMs
    const build = ({ runtime, head }: TwinSide, extrinsics: readonly Uint8Array[], timeMs: bigint | null) =>
      buildBlock(runtime, head, { extrinsics, ...(timeMs === null ? {} : { timestampMs: timeMs }) })
    // PERF: side by side where there is more than one thread; only the first block has to tell its time to the other side.
    const first = wanted === null ? await build(this.#control, control, null) : null
    const timeMs = first?.kind === 'built' ? first.claim.timestampMs : wanted
    const [left, right] = await Promise.all([
      first ?? build(this.#control, control, timeMs),
      build(this.#candidate, candidate, timeMs),
    ])
    if (left.kind === 'built') {
      this.#slotDurationMs = left.claim.slotDurationMs
      this.#nextTimeMs = left.claim.timestampMs + left.claim.slotDurationMs
    }
    this.#goOn(left, right)
    return { number, control: left, candidate: right }
  }

  #goOn(left: BuildResult, right: BuildResult): void {
    if (left.kind === 'built') this.#control = { ...this.#control, head: left.head }
    if (right.kind === 'built') {
      // The candidate's side goes on from the control's header: its parent hash is an input, and must be the same.
      const { header, hash } = left.kind === 'built' ? left.head : right.head
      this.#candidate = { ...this.#candidate, head: { ...right.head, header, hash } }
    }
    if (++this.#sinceFlat < FLATTEN_BLOCKS) return
    this.#sinceFlat = 0
    this.#control = flattened(this.#control)
    this.#candidate = flattened(this.#candidate)
  }
}

function withAssumptions({ runtime, head }: TwinSide): TwinSide {
  return { runtime: quiet(runtime), head }
}

/** Without roots and log lines, and with any signature. */
function quiet(runtime: RuntimeContext): RuntimeContext {
  const callOptions = {
    ...runtime.callOptions,
    assumedStateRoot: ASSUMED_ROOT,
    signatures: 'accept',
    maxLogLevel: 0,
  } as const
  return { ...runtime, callOptions }
}

/** The same state as one layer over its store. */
function flattened(side: TwinSide): TwinSide {
  const { state } = side.head
  const changes = new Map<StorageKey, Uint8Array | null>()
  for (let at: ChainState | null = state; at !== null; at = at.parent) {
    for (const [key, value] of at.changes) if (!changes.has(key)) changes.set(key, value)
  }
  const flat = ChainState.fromStore(state.store, state.stateVersion).with(changes).seal()
  return { ...side, head: { ...side.head, state: flat } }
}

function cannotStart(message: string): DrydockError {
  return new DrydockError(`the two runtimes cannot be compared: ${message}`, {
    code: 'TWIN_START',
    kind: 'usage',
  })
}
