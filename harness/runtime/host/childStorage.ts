import { childPrefix, type StorageKey } from '../../state/stateView.ts'
import type { HostContext } from './hostContext.ts'
import { type HostFunction, hostFunction } from './hostFunction.ts'
import { childRoot } from './stateRoot.ts'
import {
  giveKillResult,
  giveRemovalResults,
  readCursor,
  readInto,
  readLimit,
  readStateVersion,
} from './storage.ts'

/** Default child tries (sp-io `default_child_storage`); the child key comes first, without its prefix. */
export const childStorageHostFunctions: readonly HostFunction[] = [
  row('get_version_1', 'ps ps -> ps', (host, cp, cl, kp, kl) =>
    host.giveOption(host.overlay.get(fullKey(host, cp, cl) + host.key(kp, kl))),
  ),
  row('read_version_1', 'ps ps ps i32 -> ps', (host, cp, cl, kp, kl, op, ol, offset) =>
    readInto(host, host.overlay.get(fullKey(host, cp, cl) + host.key(kp, kl)), {
      pointer: op,
      length: ol,
      offset,
    }),
  ),
  row('set_version_1', 'ps ps ps -> void', (host, cp, cl, kp, kl, vp, vl) => {
    host.overlay.set(fullKey(host, cp, cl) + host.key(kp, kl), host.value(vp, vl))
    host.checkWritten()
  }),
  row('clear_version_1', 'ps ps -> void', (host, cp, cl, kp, kl) => {
    host.overlay.delete(fullKey(host, cp, cl) + host.key(kp, kl))
  }),
  row('exists_version_1', 'ps ps -> i32', (host, cp, cl, kp, kl) =>
    host.overlay.has(fullKey(host, cp, cl) + host.key(kp, kl)) ? 1 : 0,
  ),
  row('next_key_version_1', 'ps ps -> ps', (host, cp, cl, kp, kl) => {
    const prefix = fullKey(host, cp, cl)
    const next = host.overlay.nextKey(prefix + host.key(kp, kl))
    return host.giveOptionKey(next?.startsWith(prefix) ? next.slice(prefix.length) : null)
  }),
  row('storage_kill_version_1', 'ps -> void', (host, cp, cl) => {
    host.overlay.clearPrefix(fullKey(host, cp, cl), null)
  }),
  row('storage_kill_version_2', 'ps ps -> i32', (host, cp, cl, lp, ll) =>
    host.overlay.clearPrefix(fullKey(host, cp, cl), readLimit(host, lp, ll)).next === null ? 1 : 0,
  ),
  row('storage_kill_version_3', 'ps ps -> ps', (host, cp, cl, lp, ll) =>
    giveKillResult(host, host.overlay.clearPrefix(fullKey(host, cp, cl), readLimit(host, lp, ll))),
  ),
  row('storage_kill_version_4', 'ps ps ps -> ps', (host, cp, cl, lp, ll, fp, fl) => {
    const child = fullKey(host, cp, cl)
    const from = child + (readCursor(host, fp, fl) ?? '')
    return giveRemovalResults(host, host.overlay.clearPrefix(child, readLimit(host, lp, ll), from), child)
  }),
  row('clear_prefix_version_1', 'ps ps -> void', (host, cp, cl, pp, pl) => {
    host.overlay.clearPrefix(fullKey(host, cp, cl) + host.key(pp, pl), null)
  }),
  row('clear_prefix_version_2', 'ps ps ps -> ps', (host, cp, cl, pp, pl, lp, ll) => {
    const prefix = fullKey(host, cp, cl) + host.key(pp, pl)
    return giveKillResult(host, host.overlay.clearPrefix(prefix, readLimit(host, lp, ll)))
  }),
  row('clear_prefix_version_3', 'ps ps ps ps -> ps', (host, cp, cl, pp, pl, lp, ll, fp, fl) => {
    const child = fullKey(host, cp, cl)
    const prefix = child + host.key(pp, pl)
    const from = child + (readCursor(host, fp, fl) ?? '')
    return giveRemovalResults(host, host.overlay.clearPrefix(prefix, readLimit(host, lp, ll), from), child)
  }),
  row('root_version_1', 'ps -> ps', (host, cp, cl) =>
    host.give(childRoot(host.overlay, host.key(cp, cl), 0)),
  ),
  row('root_version_2', 'ps i32 -> ps', (host, cp, cl, version) =>
    host.give(childRoot(host.overlay, host.key(cp, cl), readStateVersion(version))),
  ),
]

function row(method: string, signature: string, run: HostFunction['run']): HostFunction {
  return hostFunction(`ext_default_child_storage_${method}`, signature, run)
}

function fullKey(host: HostContext, pointer: number, length: number): StorageKey {
  return childPrefix(host.key(pointer, length))
}
