import type { Difference } from '../difference.ts'
import { StatePool } from '../inputs/statePool.ts'
import { ItemPairs } from '../state/itemPairs.ts'
import type { Twin } from '../twin/twin.ts'
import { callDifferences } from './callDifferences.ts'
import { compareCalls } from './compareCalls.ts'
import { findCalls, findMore, type KnownCall, sudoKey } from './findCalls.ts'
import { TrafficSide } from './trafficSide.ts'

export interface TrafficOptions {
  /** Where migrations are done. */
  readonly twin: Twin
  /** For each call, until some succeed. */
  readonly attempts: number
  readonly signal: AbortSignal
}

export interface Traffic {
  readonly pool: StatePool
  readonly calls: readonly KnownCall[]
  readonly differences: readonly Difference[]
}

/** Each call of each pallet under both runtimes; null when one of them builds no block here. */
export async function compareTraffic({ twin, attempts, signal }: TrafficOptions): Promise<Traffic | null> {
  const opened = await TrafficSide.open(twin.control)
  const there = opened === null ? null : await TrafficSide.open(twin.candidate, opened.timestampMs)
  if (opened === null || there === null) return null
  const { side: control } = opened
  const { codec } = control.runtime
  const pool = new StatePool(codec, twin.control.head.state)
  const rootKey = sudoKey(codec, (key) => control.state.get(key))
  const finding = { side: control, pool, rootKey, attempts, signal }
  const calls = await findCalls(finding)
  const pairs = new ItemPairs(codec, there.side.runtime.codec)
  const compared = await compareCalls({
    control,
    candidate: there.side,
    pairs,
    calls,
    signal,
    findMore: (known, round) => findMore(finding, known, round),
  })
  return { pool, calls, differences: callDifferences(compared, pairs) }
}
