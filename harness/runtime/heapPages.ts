import { decodeUint } from '../codec/scale.ts'
import type { StateView, StorageKey } from '../state/stateView.ts'

const HEAP_PAGES_KEY: StorageKey = ':heappages'
/** 128 MiB. */
export const DEFAULT_HEAP_PAGES = 2048
/** What a 32-bit memory has room for. */
const MAX_HEAP_PAGES = 65_536

/**
 * Extra wasm pages (64 KiB) for the heap: `:heappages` of the state, a little-endian u64, or a node's default. What no memory could
 * hold counts as the most.
 */
export function heapPagesOf(state: StateView): number {
  const value = state.get(HEAP_PAGES_KEY)
  if (value?.length !== 8) return DEFAULT_HEAP_PAGES
  const pages = decodeUint(value)
  return pages > BigInt(MAX_HEAP_PAGES) ? MAX_HEAP_PAGES : Number(pages)
}
