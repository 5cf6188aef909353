import { plainKey } from '../../harness/chain/index.ts'
import type { StorageKey } from '../../harness/state/stateView.ts'

/** What every block writes about itself. */
const ITEMS: readonly StorageKey[] = [
  'Events',
  'EventCount',
  'EventTopics',
  'BlockWeight',
  'BlockHash',
  'BlockSize',
  'ParentHash',
  'Number',
  'Digest',
  'AllExtrinsicsLen',
  'AllExtrinsicsWeight',
  'ExtrinsicCount',
  'ExtrinsicData',
  'ExecutionPhase',
  'InherentsApplied',
].map((item) => plainKey('System', item))

const WELL_KNOWN: ReadonlySet<StorageKey> = new Set([':extrinsic_index', ':intrablock_entropy'])
const PREFIX_BYTES = 32
const PREFIXES: ReadonlySet<StorageKey> = new Set(ITEMS)

/** True for a key in which blocks keep their own accounts, whose value says nothing of what they did. */
export function isBookkeeping(key: StorageKey): boolean {
  return PREFIXES.has(key.slice(0, PREFIX_BYTES)) || WELL_KNOWN.has(key)
}
