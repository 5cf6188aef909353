import { bytesToBinary, utf8ToBytes } from '../base/bytes.ts'
import { twox128 } from '../base/hash.ts'
import type { StorageKey } from '../state/stateView.ts'

/** The runtime's own code, compressed or not. */
export const CODE_KEY: StorageKey = ':code'

/** Key of a value without a map, or the prefix of a map: what FRAME derives from the two names, without metadata. */
export function plainKey(pallet: string, item: string): StorageKey {
  return bytesToBinary(twox128(utf8ToBytes(pallet))) + bytesToBinary(twox128(utf8ToBytes(item)))
}
