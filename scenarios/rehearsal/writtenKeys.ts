import type { StorageKey } from '../../harness/state/stateView.ts'
import type { SequenceBlock } from './blockSequence.ts'

/**
 * Keys that the calls of some blocks wrote, also where the value stayed the same: a migration that rewrites a value under its new
 * type may leave the bytes as they were.
 */
export function writtenKeys(blocks: readonly SequenceBlock[]): ReadonlySet<StorageKey> {
  const keys = new Set<StorageKey>()
  for (const { result } of blocks) {
    for (const { kept, outcome } of result.phases) {
      if (!kept || outcome.kind !== 'ok') continue
      for (const key of outcome.changes.keys()) keys.add(key)
    }
  }
  return keys
}
