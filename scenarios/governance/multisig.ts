import { isEqualBytes } from '../../harness/base/bytes.ts'
import type { ChainHead } from '../../harness/chain/block.ts'
import type { ChainCodec, ChainInput, ChainValue } from '../../harness/codec/index.ts'
import { accountBytes } from '../../harness/codec/shape/encodeShape.ts'

/** An approval of a multisig's call that is still to be given. */
export interface Approval {
  readonly signatory: Uint8Array
  readonly call: Uint8Array
}

/**
 * What the other signatories sign after one of them has asked: the same `as_multi` with the time of the first. Empty when the
 * call is none, or nothing waits for approval in `head`.
 */
export function missingApprovals(
  codec: ChainCodec,
  head: ChainHead,
  asked: { readonly call: Uint8Array; readonly by: Uint8Array },
): readonly Approval[] {
  const described = codec.describeCall(asked.call)
  if (described.kind === 'error') return []
  const { pallet, call, args } = described.call
  if (pallet !== 'Multisig' || call !== 'as_multi' || !isFields(args)) return []
  const others = args['other_signatories']
  const waiting = pendingOperation(codec, head)
  if (waiting === null || !Array.isArray(others)) return []
  const signatories = [...others.map((one: ChainInput) => accountBytes(one)), asked.by]
  const approved = waiting.approvals.map((one) => accountBytes(one))
  return signatories
    .filter((one) => !approved.some((done) => isEqualBytes(done, one)))
    .map((signatory) => ({
      signatory,
      call: codec.encodeCall('Multisig', 'as_multi', {
        ...args,
        other_signatories: signatories.filter((one) => one !== signatory).sort(Buffer.compare),
        maybe_timepoint: waiting.when,
      }),
    }))
}

interface Waiting {
  readonly when: ChainValue
  readonly approvals: readonly ChainValue[]
}

/** The operation that the head's block opened. */
function pendingOperation(codec: ChainCodec, head: ChainHead): Waiting | null {
  if (codec.item('Multisig', 'Multisigs') === null) return null
  const prefix = codec.storagePrefix('Multisig', 'Multisigs')
  for (const [key, value] of head.state.changes) {
    if (!key.startsWith(prefix) || value === null) continue
    const decoded = codec.decodeValue('Multisig', 'Multisigs', value)
    if (decoded.kind !== 'value' || !isFields(decoded.value)) continue
    const { when, approvals } = decoded.value
    if (when !== undefined && Array.isArray(approvals)) return { when, approvals }
  }
  return null
}

function isFields(value: ChainValue): value is { readonly [name: string]: ChainValue } {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
