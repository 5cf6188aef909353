import type { Overlay } from '../../state/overlay.ts'
import type { StorageKey } from '../../state/stateView.ts'
import type { CallPoint, WriteMark } from '../executor.ts'

const MAX_MARKS = 10_000

/** What `CallOptions.markWrites` gathers during a call. */
export interface MarkRecorder {
  readonly marks: readonly WriteMark[]
  /** How far the call has got. */
  point(): CallPoint
}

/** Has `overlay` record writes under `prefixes`; what comes after too many is dropped. */
export function recordMarks(
  overlay: Overlay,
  prefixes: readonly StorageKey[],
  elapsedMs: () => number,
): MarkRecorder {
  const marks: WriteMark[] = []
  const point = (): CallPoint => {
    const { reads, writes, nextKeys } = overlay.counters
    return { reads, writes, nextKeys, keys: overlay.changedKeys, wallMs: elapsedMs() }
  }
  overlay.onWrite = (key, value) => {
    if (marks.length === MAX_MARKS || !prefixes.some((prefix) => key.startsWith(prefix))) return
    marks.push({ key, value, at: point() })
  }
  return { marks, point }
}
