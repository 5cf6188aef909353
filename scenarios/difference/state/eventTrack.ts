import { isEqualBytes } from '../../../harness/base/bytes.ts'
import { blockEvents } from '../../../harness/chain/blockEvents.ts'
import { plainKey } from '../../../harness/chain/plainKey.ts'
import type { ChainCodec, ChainEvent, ChainValue } from '../../../harness/codec/index.ts'
import type { Difference } from '../difference.ts'
import { shortValue } from './shortValue.ts'
import type { TwinStates } from './stateTrack.ts'
import { isSameByName } from './valueDifference.ts'

const EVENTS_KEY = plainKey('System', 'Events')
/** Told with its weight, which is compared where calls are. */
const OF_EACH_CALL = /^System\.Extrinsic(Success|Failed)$/

interface EventCount {
  readonly name: string
  readonly since: number
  readonly sample: string
  missing: number
  added: number
  changed: number
}

/** Which events blocks have under one runtime and not under the other. */
export class EventTrack {
  readonly #older: ChainCodec
  readonly #newer: ChainCodec
  readonly #counts = new Map<string, EventCount>()

  constructor(older: ChainCodec, newer: ChainCodec) {
    this.#older = older
    this.#newer = newer
  }

  /** Takes in the events of a block; `states` are those after it. */
  observe(number: number, { control, candidate }: TwinStates): void {
    const [was, is] = [control.get(EVENTS_KEY), candidate.get(EVENTS_KEY)]
    if (was === is || (was !== null && is !== null && isEqualBytes(was, is))) return
    const before = this.#byName(blockEvents(this.#older, control).events)
    const after = this.#byName(blockEvents(this.#newer, candidate).events)
    for (const name of new Set([...before.keys(), ...after.keys()])) {
      const [left, right] = [before.get(name) ?? [], after.get(name) ?? []]
      const missing = Math.max(left.length - right.length, 0)
      const added = Math.max(right.length - left.length, 0)
      const at = left.findIndex((fields, i) => i < right.length && !isSameByName(fields, right[i] ?? null))
      if (missing === 0 && added === 0 && at < 0) continue
      const sample = `block ${number}: ${name}: ${shortValue(left[Math.max(at, 0)])} -> ${shortValue(right[Math.max(at, 0)])}`
      const count = this.#counts.get(name) ?? {
        name,
        since: number,
        sample,
        missing: 0,
        added: 0,
        changed: 0,
      }
      count.missing += missing
      count.added += added
      if (at >= 0) count.changed++
      this.#counts.set(name, count)
    }
  }

  differences(): readonly Difference[] {
    return [...this.#counts.values()].map((count) => this.#difference(count))
  }

  #difference({ name, since, sample, missing, added, changed }: EventCount): Difference {
    const says =
      missing > 0
        ? `is missing ${missing} times`
        : added > 0
          ? `is there ${added} more times`
          : `has other fields in ${changed} blocks`
    return {
      kind: missing === 0 && !hasEvent(this.#older, name) ? 'new' : 'changed',
      area: 'behavior',
      subject: name,
      title: `the event ${name} ${says} compared with blocks without the upgrade, from block ${since} on`,
      facts: { missing, added, changed, sinceBlock: since },
      evidence: [sample],
    }
  }

  #byName(events: readonly ChainEvent[]): ReadonlyMap<string, readonly ChainValue[]> {
    const byName = new Map<string, ChainValue[]>()
    for (const { pallet, event, fields } of events) {
      const name = `${pallet}.${event}`
      // pallet_migrations tells of the upgrade itself.
      if (OF_EACH_CALL.test(name) || this.#newer.item(pallet, 'Historic') !== null) continue
      const list = byName.get(name) ?? []
      list.push(fields)
      byName.set(name, list)
    }
    return byName
  }
}

function hasEvent({ metadata }: ChainCodec, name: string): boolean {
  return [...metadata.events.values()].some(({ pallet, variants }) =>
    [...variants.values()].some((variant) => `${pallet}.${variant.name}` === name),
  )
}
