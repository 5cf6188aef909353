import { blockEvents } from '../../harness/chain/blockEvents.ts'
import type { ChainCodec, ChainEvent, ChainValue, DispatchErrorInfo } from '../../harness/codec/index.ts'
import type { StateView } from '../../harness/state/stateView.ts'

/** Events of pallets that tell of a call that they could not make, and hold no error. */
const FAILURES = new Set(['CallUnavailable', 'PermanentlyOverweight', 'CallLookupFailed', 'PeriodicFailed'])

const UNTOLD = 'an error that the runtime does not name'

/**
 * Why calls inside of other calls failed: sudo, proxy, multisig and scheduler succeed themselves and tell it in an event,
 * as a field `Err(DispatchError)`, or as `error` beside a rejection.
 */
export function nestedErrors(
  codec: ChainCodec,
  state: StateView,
  isMeant: (event: ChainEvent) => boolean,
): readonly string[] {
  return blockEvents(codec, state)
    .events.filter(isMeant)
    .flatMap((event) => errorsIn(codec, event).map((error) => `${error} (in ${event.pallet}.${event.event})`))
}

function errorsIn(codec: ChainCodec, { event, fields }: ChainEvent): readonly string[] {
  if (FAILURES.has(event)) return [event]
  if (typeof fields !== 'object' || fields === null) return []
  // Before 2021 sudo only told whether the call went well.
  if (/^(Sudid|SudoAsDone)$/.test(event) && Object.values(fields).includes(false)) return [UNTOLD]
  return Object.entries(fields).flatMap(([name, value]: [string, ChainValue]) => {
    const error = name === 'error' ? value : errOf(value)
    const info = error === null ? null : codec.decodeDispatchError(error)
    return info === null ? [] : [errorText(info)]
  })
}

function errOf(value: ChainValue): ChainValue {
  if (typeof value !== 'object' || value === null || !('Err' in value)) return null
  // SAFETY: the decoder makes a result as an object with that one entry.
  return value['Err'] as ChainValue
}

/** `System.SpecVersionNeedsToIncrease`, `BadOrigin`. */
export function errorText({ kind, pallet, error }: DispatchErrorInfo): string {
  if (kind === 'Module') return [pallet, error].join('.')
  return [kind, error].filter((part) => part !== undefined).join('.')
}
