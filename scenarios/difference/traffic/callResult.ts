import { blockEvents } from '../../../harness/chain/blockEvents.ts'
import { outcomeText } from '../../../harness/chain/outcomeText.ts'
import type { RuntimeContext } from '../../../harness/chain/runtimeContext.ts'
import type { ChainEvent, ChainValue } from '../../../harness/codec/index.ts'
import type { Outcome } from '../../../harness/runtime/executor.ts'
import type { ChainState } from '../../../harness/state/chainState.ts'
import type { Changes } from '../../../harness/state/stateView.ts'
import { errorText, nestedErrors } from '../../governance/nestedErrors.ts'

/**
 * What became of a call. `refused`: it was made and failed, with the error's name. `invalid`: the extrinsic was not taken.
 * `trapped`: the runtime did not come back.
 */
export interface CallResult {
  readonly kind: 'success' | 'refused' | 'invalid' | 'trapped'
  /** Empty for a success. */
  readonly error: string
  /** Null when the runtime does not tell. */
  readonly fee: bigint | null
  readonly refTime: bigint | null
  readonly proofSize: bigint | null
  readonly events: readonly ChainEvent[]
  readonly changes: Changes
}

const NOTHING = { fee: null, refTime: null, proofSize: null, events: [], changes: new Map() } as const

/** Reads the outcome of `BlockBuilder_apply_extrinsic` on `state`. */
export function callResult(runtime: RuntimeContext, state: ChainState, outcome: Outcome): CallResult {
  if (outcome.kind !== 'ok') return { kind: 'trapped', error: outcomeText(outcome), ...NOTHING }
  const { codec } = runtime
  const applied = codec.decodeApplyResult(outcome.output)
  if (applied === null)
    return { kind: 'trapped', error: 'its answer is not a result of an extrinsic', ...NOTHING }
  if (applied.kind === 'invalid') return { kind: 'invalid', error: applied.reason, ...NOTHING }
  const after = state.with(outcome.changes)
  const before = blockEvents(codec, state).events.length
  const events = blockEvents(codec, after).events.slice(before)
  const weight = weightIn(events)
  const parts = { fee: feeIn(events), ...weight, events, changes: outcome.changes }
  if (applied.kind === 'dispatchError') return { kind: 'refused', error: errorText(applied.error), ...parts }
  let position = 0
  const [nested] = nestedErrors(codec, after, () => position++ >= before)
  return nested === undefined
    ? { kind: 'success', error: '', ...parts }
    : { kind: 'refused', error: nested, ...parts }
}

function feeIn(events: readonly ChainEvent[]): bigint | null {
  const paid = events.find(({ event }) => event === 'TransactionFeePaid')
  return integerAt(paid?.fields, 'actual_fee')
}

function weightIn(events: readonly ChainEvent[]): { refTime: bigint | null; proofSize: bigint | null } {
  const end = events.find(
    ({ pallet, event }) => pallet === 'System' && /^Extrinsic(Success|Failed)$/.test(event),
  )
  const weight = fieldOf(fieldOf(end?.fields, 'dispatch_info'), 'weight')
  const plain = integerAt({ weight: weight ?? null }, 'weight')
  return {
    refTime: plain ?? integerAt(weight, 'ref_time'),
    proofSize: integerAt(weight, 'proof_size'),
  }
}

function integerAt(fields: ChainValue | undefined, name: string): bigint | null {
  const value = fieldOf(fields, name)
  return typeof value === 'number' || (typeof value === 'string' && /^\d+$/.test(value))
    ? BigInt(value)
    : null
}

function fieldOf(fields: ChainValue | undefined, name: string): ChainValue | undefined {
  if (typeof fields !== 'object' || fields === null || !(name in fields)) return undefined
  // SAFETY: an object of chain values by name.
  return (fields as { readonly [name: string]: ChainValue })[name]
}
