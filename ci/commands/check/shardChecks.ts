import { createHash } from 'node:crypto'
import type { Check } from '../../../scenarios/check/check.ts'
import type { Shard } from './checkFlags.ts'

/**
 * The checks of one shard: each check belongs to one, by a hash of its id, so that adding a check moves no other. A shard may be
 * empty.
 */
export function shardChecks(checks: readonly Check[], { index, count }: Shard): readonly Check[] {
  return checks.filter(({ id }) => {
    const hash = createHash('sha256').update(id).digest().readUInt32BE(0)
    return hash % count === index - 1
  })
}
