import { binaryToHex, bytesToHex } from '../../../harness/base/bytes.ts'
import type { StorageKey } from '../../../harness/state/stateView.ts'

export type Hex = `0x${string}`

export function toHex(bytes: Uint8Array): Hex {
  // SAFETY: bytesToHex starts with 0x.
  return bytesToHex(bytes) as Hex
}

export function keyToHex(key: StorageKey): Hex {
  // SAFETY: binaryToHex starts with 0x.
  return binaryToHex(key) as Hex
}
