import { bytesToHex, isEqualBytes } from '../../harness/base/bytes.ts'
import { CODE_KEY } from '../../harness/chain/plainKey.ts'
import type { ChainCodec } from '../../harness/codec/index.ts'
import { decodeBytes } from '../../harness/codec/scale.ts'
import type { ChainState } from '../../harness/state/chainState.ts'

export interface InstalledCode {
  readonly code: Uint8Array
  /** A parachain's code waits for its relay chain's go-ahead. */
  readonly isPending: boolean
}

/** The code that stands in `:code` of `now`, or waits to, and did not in `before`; null when nothing changed. */
export function installedCode(codec: ChainCodec, before: ChainState, now: ChainState): InstalledCode | null {
  const code = now.get(CODE_KEY)
  const old = before.get(CODE_KEY)
  if (code !== null && (old === null || !isEqualBytes(code, old))) return { code, isPending: false }
  const item = 'PendingValidationCode'
  if (codec.item('ParachainSystem', item) === null) return null
  const pending = now.get(codec.storageKey('ParachainSystem', item))
  const bytes = pending === null ? null : decodeBytes(pending)
  return bytes === null || bytes.value.length === 0 ? null : { code: bytes.value, isPending: true }
}

/** The hash of the code that anyone may install, as 0x-hex; null when none is authorized, or it was before. */
export function authorizedHash(codec: ChainCodec, before: ChainState, now: ChainState): string | null {
  for (const pallet of ['System', 'ParachainSystem']) {
    if (codec.item(pallet, 'AuthorizedUpgrade') === null) continue
    const key = codec.storageKey(pallet, 'AuthorizedUpgrade')
    const hash = now.get(key)?.subarray(0, 32)
    const old = before.get(key)?.subarray(0, 32)
    if (hash !== undefined && (old === undefined || !isEqualBytes(hash, old))) return bytesToHex(hash)
  }
  return null
}
