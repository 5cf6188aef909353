import type { RuntimeVersion } from '../../../harness/codec/runtimeVersion.ts'
import type { Difference } from '../difference.ts'

/** Fields of the version that nodes act upon, beside those that every release raises. */
const FIELDS: readonly (readonly [
  keyof RuntimeVersion & ('authoringVersion' | 'systemVersion'),
  string,
  Difference['kind'],
])[] = [
  ['authoringVersion', 'nodes author only for the version that they were built for', 'outside'],
  ['systemVersion', 'the state trie and the extrinsics root are laid out by it', 'changed'],
]

/** What the version of a runtime tells nodes differently. */
export function versionDifferences(older: RuntimeVersion, newer: RuntimeVersion): readonly Difference[] {
  return FIELDS.filter(([field]) => older[field] !== newer[field]).map(([field, why, kind]) => ({
    kind,
    area: 'behavior',
    subject: `version.${field}`,
    title: `${field} goes from ${older[field]} to ${newer[field]}: ${why}`,
    facts: { before: older[field], after: newer[field] },
    evidence: [],
  }))
}
