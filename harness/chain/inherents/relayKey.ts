import { bytesToBinary } from '../../base/bytes.ts'
import { twox64 } from '../../base/hash.ts'
import type { StorageKey } from '../../state/stateView.ts'
import { plainKey } from '../plainKey.ts'

/** Key of a relay chain's map with the hasher Twox64Concat, such as `Paras.Heads`. */
export function relayMapKey(pallet: string, item: string, key: Uint8Array): StorageKey {
  return plainKey(pallet, item) + bytesToBinary(twox64(key)) + bytesToBinary(key)
}
