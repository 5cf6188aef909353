import { bytesToBinary, utf8ToBytes } from '../base/bytes.ts'
import { twox128 } from '../base/hash.ts'
import type { StorageKey } from '../state/stateView.ts'

/** The runtime's own code, compressed or not. */
export const CODE_KEY: StorageKey = ':code'

/**
 * Code that the next block has to be built with, which moves it to `:code`. Runtimes of `system_version` 3 are to put new code here.
 *
 * @see https://github.com/polkadot-fellows/RFCs/blob/main/text/0123-pending-code-as-storage-location-for-runtime-upgrades.md
 */
export const PENDING_CODE_KEY: StorageKey = ':pending_code'

/** Key of a value without a map, or the prefix of a map: what FRAME derives from the two names, without metadata. */
export function plainKey(pallet: string, item: string): StorageKey {
  return bytesToBinary(twox128(utf8ToBytes(pallet))) + bytesToBinary(twox128(utf8ToBytes(item)))
}
