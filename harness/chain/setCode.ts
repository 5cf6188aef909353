import { concatBytes } from '../base/bytes.ts'
import { decodeCompact, encodeCompact } from '../codec/scale.ts'
import type { ChainState } from '../state/chainState.ts'
import type { Changes, StorageKey } from '../state/stateView.ts'
import { encodeDigestItem } from './digestItem.ts'
import { CODE_KEY, PENDING_CODE_KEY, plainKey } from './plainKey.ts'

/** `system_version` from which on new code waits in `:pending_code` for the next block. */
const PENDING_SINCE = 3

/**
 * What `System.set_code` leaves in a block's state, without the extrinsic and its event: the new code, and the digest log
 * that tells nodes and clients of it. `state` is that of the block before it is finalized, `systemVersion` that of its runtime.
 *
 * @see https://github.com/paritytech/polkadot-sdk/blob/polkadot-v1.9.0/substrate/frame/system/src/lib.rs
 */
export function setCodeChanges(state: ChainState, code: Uint8Array, systemVersion = 0): Changes {
  const digestKey = plainKey('System', 'Digest')
  const codeKey = systemVersion >= PENDING_SINCE ? PENDING_CODE_KEY : CODE_KEY
  const changes = new Map<StorageKey, Uint8Array | null>([[codeKey, code]])
  const digest = withItem(state.get(digestKey), encodeDigestItem({ kind: 'runtimeEnvironmentUpdated' }))
  if (digest !== null) changes.set(digestKey, digest)
  return changes
}

/** `Vec<DigestItem>` with one more; null when `digest` is none. */
function withItem(digest: Uint8Array | null, item: Uint8Array): Uint8Array | null {
  const items = digest ?? new Uint8Array([0])
  const count = decodeCompact(items)
  return count === null ? null : concatBytes(encodeCompact(count.value + 1), items.subarray(count.end), item)
}
