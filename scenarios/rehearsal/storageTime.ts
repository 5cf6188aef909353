import type { DbWeight } from '../../harness/codec/index.ts'

/** Storage accesses; reads with the look-ups of a next key. */
export interface StorageAccesses {
  readonly reads: number
  readonly writes: number
}

/** ref_time of storage accesses by the runtime's own DbWeight, in picoseconds; null when the runtime states none. */
export function storageTimePs({ reads, writes }: StorageAccesses, dbWeight: DbWeight | null): bigint | null {
  return dbWeight === null ? null : BigInt(reads) * dbWeight.read + BigInt(writes) * dbWeight.write
}
