import { setImmediate } from 'node:timers/promises'
import type { ChainState } from '../../harness/state/chainState.ts'
import type { StorageKey } from '../../harness/state/stateView.ts'

/** Entries between two pauses: some milliseconds, so that other checks and their runtimes go on meanwhile. */
const SLICE = 8_192

export interface VisitOptions {
  readonly signal: AbortSignal
  /** Told before each slice, with the number of entries so far. */
  onSlice?(entries: number): void
}

/** Visits every key of a state in order, with pauses; answers how many there were. Throws when the signal is aborted. */
export async function visitEntries(
  state: ChainState,
  visit: (key: StorageKey, value: Uint8Array) => void,
  { signal, onSlice }: VisitOptions,
): Promise<number> {
  let count = 0
  for (const [key, value] of state.entries('')) {
    if (count % SLICE === 0) {
      await setImmediate()
      signal.throwIfAborted()
      onSlice?.(count)
    }
    visit(key, value)
    count++
  }
  return count
}
