import { binaryToBytes, bytesToBinary, concatBytes } from '../../base/bytes.ts'
import { decodeBytes, decodeCompact, encodeOptionBytes, encodeUint } from '../../codec/scale.ts'
import type { StateVersion } from '../../state/chainState.ts'
import type { ClearPrefixResult } from '../../state/overlay.ts'
import { CHILD_MARK, CHILD_ROOT_PREFIX, type StorageKey } from '../../state/stateView.ts'
import type { HostContext } from './hostContext.ts'
import { HostError } from './hostError.ts'
import { type HostFunction, hostFunction } from './hostFunction.ts'
import { stateRoot } from './stateRoot.ts'

const CHILD_KEYS = ':child_storage:'

/** The main trie and transactions (sp-io `storage`, semantics of sp-state-machine `Ext`). */
export const storageHostFunctions: readonly HostFunction[] = [
  hostFunction('ext_storage_set_version_1', 'ps ps -> void', (host, kp, kl, vp, vl) => {
    const key = host.storageKey(kp, kl)
    if (!isWritable(host, key)) return
    host.overlay.set(key, host.value(vp, vl))
    host.checkWritten()
  }),
  hostFunction('ext_storage_get_version_1', 'ps -> ps', (host, kp, kl) =>
    host.giveOption(host.overlay.get(host.storageKey(kp, kl))),
  ),
  hostFunction('ext_storage_read_version_1', 'ps ps i32 -> ps', (host, kp, kl, op, ol, offset) =>
    readInto(host, host.overlay.get(host.storageKey(kp, kl)), { pointer: op, length: ol, offset }),
  ),
  hostFunction('ext_storage_clear_version_1', 'ps -> void', (host, kp, kl) => {
    const key = host.storageKey(kp, kl)
    if (isWritable(host, key)) host.overlay.delete(key)
  }),
  hostFunction('ext_storage_exists_version_1', 'ps -> i32', (host, kp, kl) =>
    host.overlay.has(host.storageKey(kp, kl)) ? 1 : 0,
  ),
  hostFunction('ext_storage_clear_prefix_version_1', 'ps -> void', (host, pp, pl) => {
    clearMainPrefix(host, host.key(pp, pl), null)
  }),
  hostFunction('ext_storage_clear_prefix_version_2', 'ps ps -> ps', (host, pp, pl, lp, ll) => {
    const result = clearMainPrefix(host, host.key(pp, pl), readLimit(host, lp, ll))
    return giveKillResult(host, result)
  }),
  hostFunction('ext_storage_clear_prefix_version_3', 'ps ps ps -> ps', (host, pp, pl, lp, ll, cp, cl) => {
    const cursor = readCursor(host, cp, cl)
    return giveRemovalResults(host, clearMainPrefix(host, host.key(pp, pl), readLimit(host, lp, ll), cursor))
  }),
  hostFunction('ext_storage_append_version_1', 'ps ps -> void', (host, kp, kl, vp, vl) => {
    host.overlay.append(host.storageKey(kp, kl), host.view(vp, vl))
    host.checkWritten()
  }),
  hostFunction('ext_storage_root_version_1', '-> ps', (host) => host.give(mainRoot(host, 0))),
  hostFunction('ext_storage_root_version_2', 'i32 -> ps', (host, version) =>
    host.give(mainRoot(host, readStateVersion(version))),
  ),
  hostFunction('ext_storage_changes_root_version_1', 'ps -> ps', (host) => host.giveOption(null)),
  hostFunction('ext_storage_next_key_version_1', 'ps -> ps', (host, kp, kl) => {
    const next = host.overlay.nextKey(host.storageKey(kp, kl))
    return host.giveOptionKey(next?.startsWith(CHILD_MARK) ? null : next)
  }),
  hostFunction('ext_storage_start_transaction_version_1', '-> void', (host) => {
    host.overlay.startTransaction()
  }),
  hostFunction('ext_storage_commit_transaction_version_1', '-> void', (host) => {
    if (!host.overlay.commitTransaction()) {
      throw new HostError('trap', 'No open transaction that can be committed.')
    }
  }),
  hostFunction('ext_storage_rollback_transaction_version_1', '-> void', (host) => {
    if (!host.overlay.rollbackTransaction()) {
      throw new HostError('trap', 'No open transaction that can be rolled back.')
    }
  }),
  hostFunction('ext_storage_proof_size_storage_proof_size_version_1', '-> i64', (host) =>
    BigInt.asIntN(64, host.call.storageProofSize),
  ),
]

/** Where `storage_read` writes. */
export interface ReadTarget {
  readonly pointer: number
  readonly length: number
  readonly offset: number
}

/** Copies what fits and answers the length after the offset, even when nothing was copied. */
export function readInto(host: HostContext, value: Uint8Array | null, target: ReadTarget): number {
  const out = host.view(target.pointer, target.length)
  if (value === null) return host.giveOptionU32(null)
  const from = Math.min(target.offset >>> 0, value.length)
  out.set(from === 0 && value.length <= out.length ? value : value.subarray(from, from + out.length))
  return host.giveOptionU32(value.length - from)
}

/** `Option<u32>`; anything else aborts the call, as the node's decoding does. */
export function readLimit(host: HostContext, pointer: number, length: number): number | null {
  const bytes = host.view(pointer, length)
  if (bytes[0] === 0) return null
  const [tag, a, b, c, d] = bytes
  if (tag !== 1 || a === undefined || b === undefined || c === undefined || d === undefined) {
    throw new HostError('trap', 'malformed limit in a clear_prefix host call')
  }
  return (a | (b << 8) | (c << 16) | (d << 24)) >>> 0
}

/** `KillStorageResult`: 0 all removed, 1 some remain, with the number of keys that were looked at. */
export function giveKillResult(host: HostContext, result: ClearPrefixResult): number {
  return host.giveTagged(result.next === null ? 0 : 1, result.loops)
}

/** `MultiRemovalResults`: where to go on, `Option<Vec<u8>>`, and three counters; keys without `childPrefix`. */
export function giveRemovalResults(host: HostContext, result: ClearPrefixResult, childPrefix = ''): number {
  const next = result.next === null ? null : binaryToBytes(result.next.slice(childPrefix.length))
  const counters = [result.removed, result.unique, result.loops].map((count) => encodeUint(count, 4))
  return host.give(concatBytes(encodeOptionBytes(next), ...counters))
}

/** `Option<Vec<u8>>` with a key to go on from; null: from the start. */
export function readCursor(host: HostContext, pointer: number, length: number): StorageKey | null {
  const bytes = host.view(pointer, length)
  if (bytes[0] === 0) return null
  const cursor = bytes[0] === 1 ? decodeBytes(bytes, 1) : null
  if (cursor === null) throw new HostError('trap', 'malformed cursor in a clear_prefix host call')
  return bytesToBinary(cursor.value)
}

/** A `StateVersion` travels as u8. */
export function readStateVersion(argument: number): 0 | 1 {
  const version = argument & 0xff
  if (version === 0 || version === 1) return version
  throw new HostError('trap', `unknown state version ${version} in a root host call`)
}

/** `Vec<(bytes, bytes)>` and `Vec<bytes>` start with this count. */
export function readCount(bytes: Uint8Array): { value: number; end: number } {
  const count = decodeCompact(bytes)
  if (count === null) throw new HostError('trap', 'malformed list in a host call')
  return count
}

function mainRoot(host: HostContext, version: StateVersion): Uint8Array {
  return host.call.assumedStateRoot ?? stateRoot(host.overlay, version)
}

function clearMainPrefix(
  host: HostContext,
  prefix: StorageKey,
  limit: number | null,
  cursor: StorageKey | null = null,
): ClearPrefixResult {
  if (CHILD_KEYS.startsWith(prefix) || prefix.startsWith(CHILD_KEYS)) {
    host.log(2, 'trie', 'Refuse to clear prefix that is part or contains of child storage key')
    return { next: null, removed: 0, unique: 0, loops: 0 }
  }
  return host.overlay.clearPrefix(prefix, limit, cursor ?? prefix)
}

/** Roots of child tries are written by the root computation only; `storage_append` alone does not look (sp-state-machine). */
function isWritable(host: HostContext, key: StorageKey): boolean {
  if (!key.startsWith(CHILD_KEYS)) return true
  host.log(2, 'trie', `Refuse to directly set child storage key ${CHILD_ROOT_PREFIX}`)
  return false
}
