import type { ChainValue } from '../../../harness/codec/index.ts'
import type { ChainState } from '../../../harness/state/chainState.ts'
import type { Changes, StorageKey } from '../../../harness/state/stateView.ts'
import type { ItemPair, ItemPairs } from '../state/itemPairs.ts'
import { isSameByName } from '../state/valueDifference.ts'

/** An entry that a call left differently under the candidate. */
export interface EffectDifference {
  readonly pair: ItemPair
  readonly key: StorageKey
  readonly control: ChainValue
  readonly candidate: ChainValue
}

/** A call's changes and the state that it met. */
export interface Effects {
  readonly state: ChainState
  readonly changes: Changes
}

const MOST = 64

/** What two calls left differently, by decoded value. Entries that were different before the call are left out. */
export function effectDifferences(
  pairs: ItemPairs,
  control: Effects,
  candidate: Effects,
): readonly EffectDifference[] {
  const found: EffectDifference[] = []
  for (const key of new Set([...control.changes.keys(), ...candidate.changes.keys()])) {
    const pair = pairs.of(key)
    if (pair.role !== 'state' || !pair.sameKeys || found.length >= MOST) continue
    // What only the candidate has is told where its state is compared.
    if (pair.older === null && pair.newer !== null) continue
    const values = (side: Effects, speaker: 'older' | 'newer') => {
      const now = side.changes.get(key)
      const before = side.state.get(key)
      return {
        before: pairs.decode(pair, before, speaker),
        after: pairs.decode(pair, now === undefined ? before : now, speaker),
      }
    }
    const left = values(control, pair.older === null ? 'newer' : 'older')
    const right = values(candidate, pair.newer === null ? 'older' : 'newer')
    if (isSameByName(left.after, right.after) || !isSameByName(left.before, right.before)) continue
    found.push({ pair, key, control: left.after, candidate: right.after })
  }
  return found
}
