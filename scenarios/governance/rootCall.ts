import { DrydockError } from '../../harness/base/errors.ts'
import { blake2_256 } from '../../harness/base/hash.ts'
import type { ChainCodec, ChainInput } from '../../harness/codec/index.ts'
import type { ChainState } from '../../harness/state/chainState.ts'
import type { Changes, StorageKey } from '../../harness/state/stateView.ts'

/** Longer calls are kept by their hash. */
const INLINE_BYTES = 128

/**
 * Puts a call with the origin Root on the scheduler's agenda for a height, as a passed referendum leaves it there; a call that
 * is too long for the agenda goes to the preimages. Null when the runtime has no scheduler of a known form.
 */
export function scheduledAsRoot(
  codec: ChainCodec,
  state: ChainState,
  { call, height }: { readonly call: Uint8Array; readonly height: number },
): Changes | null {
  if (codec.item('Scheduler', 'Agenda') === null) return null
  const key = codec.storageKey('Scheduler', 'Agenda', height)
  const stored = state.get(key)
  const agenda = stored === null ? null : codec.decodeValue('Scheduler', 'Agenda', stored)
  const before = agenda?.kind === 'value' && Array.isArray(agenda.value) ? agenda.value : []
  for (const { form, preimage } of callForms(codec, call)) {
    const task = { maybe_id: null, priority: 0, call: form, maybe_periodic: null, origin: { system: 'Root' } }
    const value = tryEncode(() => codec.encodeValue('Scheduler', 'Agenda', [...before, task]))
    if (value !== null) return new Map([...preimage, [key, value]])
  }
  return null
}

/**
 * What `authorize_upgrade` leaves in the state, for chains whose Root is somewhere else (a system parachain's is its relay
 * chain). Null for any other call.
 */
export function authorizedAsRoot(codec: ChainCodec, call: Uint8Array): Changes | null {
  const described = codec.describeCall(call)
  if (described.kind === 'error') return null
  const { pallet, call: name, args } = described.call
  const [, lax] = /^authorize_upgrade(_without_checks)?$/.exec(name) ?? [null, null]
  if (lax === null || codec.item(pallet, 'AuthorizedUpgrade') === null) return null
  if (typeof args !== 'object' || args === null || !('code_hash' in args)) return null
  // SAFETY: the decoder makes the arguments of a call as an object of chain values by name.
  const { code_hash } = args as { readonly code_hash: ChainInput }
  const key = codec.storageKey(pallet, 'AuthorizedUpgrade')
  for (const form of [{ code_hash, check_version: lax === undefined }, code_hash]) {
    const value = tryEncode(() => codec.encodeValue(pallet, 'AuthorizedUpgrade', form))
    if (value !== null) return new Map([[key, value]])
  }
  return null
}

interface CallForm {
  readonly form: ChainInput
  readonly preimage: ReadonlyMap<StorageKey, Uint8Array>
}

/** As schedulers since 2022 keep it, since 2021, and before. */
function callForms(codec: ChainCodec, call: Uint8Array): readonly CallForm[] {
  const none: CallForm['preimage'] = new Map()
  const hash = blake2_256(call)
  const preimage = call.length > INLINE_BYTES ? preimageOf(codec, call, hash) : none
  const bounded: ChainInput =
    call.length > INLINE_BYTES ? { Lookup: { hash, len: call.length } } : { Inline: call }
  return [
    ...(preimage === null ? [] : [{ form: bounded, preimage }]),
    { form: { Value: call }, preimage: none },
    { form: call, preimage: none },
  ]
}

function preimageOf(codec: ChainCodec, call: Uint8Array, hash: Uint8Array): CallForm['preimage'] | null {
  if (codec.item('Preimage', 'PreimageFor') === null) return null
  const forms: readonly (readonly [item: string, status: ChainInput])[] = [
    ['RequestStatusFor', { Requested: { maybe_ticket: null, count: 1, maybe_len: call.length } }],
    ['StatusFor', { Requested: { deposit: null, count: 1, len: call.length } }],
  ]
  for (const [item, status] of forms) {
    if (codec.item('Preimage', item) === null) continue
    const entries = tryEncode(
      () =>
        new Map([
          [codec.storageKey('Preimage', item, hash), codec.encodeValue('Preimage', item, status)],
          [
            codec.storageKey('Preimage', 'PreimageFor', [hash, call.length]),
            codec.encodeValue('Preimage', 'PreimageFor', call),
          ],
        ]),
    )
    if (entries !== null) return entries
  }
  return null
}

/** Null when the runtime has another form. */
function tryEncode<T>(encode: () => T): T | null {
  try {
    return encode()
  } catch (error) {
    if (error instanceof DrydockError && error.code === 'CODEC_ENCODE') return null
    throw error
  }
}
