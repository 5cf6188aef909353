import type { TwinBlock } from '../twin/twin.ts'
import { Twin } from '../twin/twin.ts'
import { type Difference } from '../difference.ts'
import { itemDifferences } from './itemDifferences.ts'
import { ItemPairs } from './itemPairs.ts'
import { StateTrack } from './stateTrack.ts'
import { setImmediate } from 'node:timers/promises'

export interface StateOverTimeOptions {
  /** At its start; moved on. */
  readonly twin: Twin
  /** Blocks of the candidate. */
  readonly blocks: number
  readonly signal: AbortSignal
  onBlock?(number: number): void
}

export interface StateOverTime {
  readonly differences: readonly Difference[]
  /** Blocks that both sides built. */
  readonly blocks: number
  /** The block that one side or both did not build; null when all were. */
  readonly stopped: TwinBlock | null
}

/** Blocks without users under both runtimes, and what their states differ in. */
export async function stateOverTime(options: StateOverTimeOptions): Promise<StateOverTime> {
  const { twin, blocks, signal } = options
  const pairs = new ItemPairs(twin.control.runtime.codec, twin.candidate.runtime.codec)
  const track = new StateTrack(pairs)
  const start = twin.control.head.state
  const first = twin.control.head.number + 1
  let stopped: TwinBlock | null = null
  let done = 0
  for (; done < blocks && stopped === null; done++) {
    signal.throwIfAborted()
    const block = await twin.next()
    options.onBlock?.(block.number)
    if (block.control.kind !== 'built' || block.candidate.kind !== 'built') {
      stopped = block
      break
    }
    const changes = {
      control: block.control.head.state.changes,
      candidate: block.candidate.head.state.changes,
    }
    const states = { control: block.control.head.state, candidate: block.candidate.head.state }
    if (done === 0) track.observeRetyped(block.number, states)
    track.observe(block.number, states, changes)
    if (done % 64 === 0) await setImmediate()
  }
  const states = { control: twin.control.head.state, candidate: twin.candidate.head.state }
  const observation = { pairs, track, start, states, first, last: twin.control.head.number }
  return { differences: itemDifferences(observation), blocks: done, stopped }
}
