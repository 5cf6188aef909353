import { createHash } from 'node:crypto'
import { bytesToBinary } from '../../base/bytes.ts'
import { DrydockError } from '../../base/errors.ts'

/**
 * A bounded memo of expensive pure functions, least recently used out first. Several calls of one run check the same
 * signature: pool validation, block building, `Core_execute_block`, each side of a comparison.
 */
export interface VerificationCache<Value> {
  /** The kept answer of function `kind` for the inputs `parts` (signature, message, key …), or undefined. */
  get(kind: string, parts: readonly Uint8Array[]): Value | undefined
  /** Keeps an answer; may drop the least recently used one. */
  put(kind: string, parts: readonly Uint8Array[], value: Value): void
  /** Answers kept now. */
  readonly size: number
}

export interface VerificationCacheOptions {
  /** Most answers kept; an integer of at least 1. An entry costs about 200 bytes besides its value. */
  readonly maxEntries: number
}

/** An empty cache. Throws `DrydockError` on a limit that is not a positive integer. */
export function createVerificationCache<Value = boolean>({
  maxEntries,
}: VerificationCacheOptions): VerificationCache<Value> {
  if (!Number.isSafeInteger(maxEntries) || maxEntries < 1) {
    throw new DrydockError(`a verification cache needs at least 1 entry, got maxEntries ${maxEntries}`, {
      code: 'CRYPTO_CACHE_SIZE',
      kind: 'usage',
      details: { maxEntries },
    })
  }
  const entries = new Map<string, { readonly value: Value }>()
  return {
    get(kind, parts) {
      const key = cacheKey(kind, parts)
      const entry = entries.get(key)
      if (entry === undefined) return undefined
      entries.delete(key)
      entries.set(key, entry)
      return entry.value
    },
    put(kind, parts, value) {
      const key = cacheKey(kind, parts)
      entries.delete(key)
      entries.set(key, { value })
      if (entries.size <= maxEntries) return
      const oldest = entries.keys().next()
      if (!oldest.done) entries.delete(oldest.value)
    },
    get size() {
      return entries.size
    },
  }
}

/** SHA-256 over kind and parts with their lengths, so that no two different inputs share a key. */
function cacheKey(kind: string, parts: readonly Uint8Array[]): string {
  const hash = createHash('sha256').update(`${kind}:${parts.map((part) => part.length).join()};`)
  for (const part of parts) hash.update(part)
  return bytesToBinary(hash.digest())
}
