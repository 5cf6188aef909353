import { bytesToHex, concatBytes, utf8ToBytes } from '../../base/bytes.ts'
import { encodeOptionBytes, encodeUint } from '../../codec/scale.ts'
import type { ClearPrefixResult } from '../../state/overlay.ts'

/** Hex of `KillStorageResult`, for tests. */
export function encodeKillResult({ next, loops }: Pick<ClearPrefixResult, 'next' | 'loops'>): string {
  return bytesToHex(concatBytes(new Uint8Array([next === null ? 0 : 1]), encodeUint(loops, 4)))
}

/** Hex of `MultiRemovalResults`, for tests; keys of a child trie without its prefix. */
export function encodeRemovalResults({ next, removed, unique, loops }: ClearPrefixResult): string {
  const cursor = encodeOptionBytes(next === null ? null : utf8ToBytes(next))
  return bytesToHex(concatBytes(cursor, ...[removed, unique, loops].map((count) => encodeUint(count, 4))))
}
