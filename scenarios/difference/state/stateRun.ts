import { setImmediate } from 'node:timers/promises'
import type { ChainState } from '../../../harness/state/chainState.ts'
import { hasMigrationCursor } from '../../rehearsal/growth.ts'
import type { Difference } from '../difference.ts'
import type { Twin, TwinBlock, TwinInput } from '../twin/twin.ts'
import { blockDifferences } from './blockDifference.ts'
import { EventTrack } from './eventTrack.ts'
import { itemDifferences } from './itemDifferences.ts'
import { ItemPairs } from './itemPairs.ts'
import { StateTrack } from './stateTrack.ts'
import { stopDifference } from './stopDifference.ts'

export interface AdvanceOptions {
  readonly signal: AbortSignal
  progress?(message: string): void
}

const PAUSE_BLOCKS = 32

/** Blocks without users under both runtimes, as many as one asks for, and what is different in them. */
export class StateRun {
  readonly pairs: ItemPairs
  readonly #twin: Twin
  readonly #start: ChainState
  readonly #first: number
  readonly #track: StateTrack
  readonly #events: EventTrack
  /** By subject, the first of each. */
  readonly #ofBlocks = new Map<string, Difference>()
  #blocks = 0
  #stopped: TwinBlock | null = null
  #settled: Twin | null = null

  /** Goes on from the start of `twin`, which nobody else may move. */
  constructor(twin: Twin) {
    const [older, newer] = [twin.control.runtime.codec, twin.candidate.runtime.codec]
    this.pairs = new ItemPairs(older, newer)
    this.#twin = twin
    this.#start = twin.control.head.state
    this.#first = twin.control.head.number + 1
    this.#track = new StateTrack(this.pairs)
    this.#events = new EventTrack(older, newer)
  }

  /** Blocks that both sides built. */
  get blocks(): number {
    return this.#blocks
  }

  /** The block that one side or both did not build; null while all were. */
  get stopped(): TwinBlock | null {
    return this.#stopped
  }

  /** Where multi-block migrations were first done, and one block was past them; null before. Its own twin. */
  get settled(): Twin | null {
    return this.#settled
  }

  /** Where both stand now. */
  branch(): Twin {
    return this.#twin.branch()
  }

  /** Goes on until `blocks` are built in all, or a side stops. */
  async advanceTo(blocks: number, { signal, progress }: AdvanceOptions): Promise<void> {
    while (this.#blocks < blocks && this.#stopped === null) {
      signal.throwIfAborted()
      if (this.#blocks % PAUSE_BLOCKS === 0) {
        progress?.(`block ${this.#first + this.#blocks} with and without the upgrade`)
        await setImmediate()
      }
      await this.block()
    }
  }

  /** What was different so far. */
  differences(): readonly Difference[] {
    const states = { control: this.#twin.control.head.state, candidate: this.#twin.candidate.head.state }
    const observation = {
      pairs: this.pairs,
      track: this.#track,
      start: this.#start,
      states,
      first: this.#first,
      last: this.#twin.control.head.number,
    }
    const stop = this.#stopped === null ? null : stopDifference(this.#stopped)
    return [
      ...(stop === null ? [] : [stop]),
      ...itemDifferences(observation),
      ...this.#events.differences(),
      ...this.#ofBlocks.values(),
    ]
  }

  /** The next block, with users in it or none. */
  async block(input: TwinInput = {}): Promise<TwinBlock> {
    const block = await this.#twin.next(input)
    const { control, candidate } = block
    if (control.kind !== 'built' || candidate.kind !== 'built') {
      this.#stopped = block
      return block
    }
    const states = { control: control.head.state, candidate: candidate.head.state }
    if (this.#blocks === 0) this.#track.observeRetyped(block.number, states)
    this.#track.observe(block.number, states, {
      control: states.control.changes,
      candidate: states.candidate.changes,
    })
    this.#events.observe(block.number, states)
    for (const difference of blockDifferences(block.number, control, candidate)) {
      if (!this.#ofBlocks.has(difference.subject)) this.#ofBlocks.set(difference.subject, difference)
    }
    this.#blocks++
    const isSettled = this.#blocks > 1 && !hasMigrationCursor(this.pairs.newer, states.candidate)
    if (this.#settled === null && isSettled) this.#settled = this.#twin.branch()
    return block
  }
}
