import {
  blockEvents,
  effectiveChanges,
  outcomeText,
  type Phase,
  type RuntimeContext,
} from '../../harness/chain/index.ts'
import type { ChainEvent, ChainValue } from '../../harness/codec/index.ts'
import type { Outcome } from '../../harness/runtime/executor.ts'
import type { Changes } from '../../harness/state/stateView.ts'
import { isBookkeeping } from './bookkeeping.ts'
import type { PhasedBlock } from './phasedBlock.ts'

/** What one phase of a block did, in words that two runtimes can be compared by. */
export interface PhaseEffects {
  readonly phase: Phase
  /** `success`, the name of the error, why it was refused, or how the call ended. */
  readonly result: string
  /** Each as text, names and values; without weights, and with the fee's amount as `fee`. */
  readonly events: readonly string[]
  /** What was paid, when the runtime says so in an event. */
  readonly fee: string | null
  /** By the runtime's own count, when it says so in an event. */
  readonly weight: string | null
  /** Keys whose value it changed, bookkeeping of the block left out. */
  readonly writes: Changes
}

/** The effects of each phase, in order. */
export function phaseEffects({ codec }: RuntimeContext, block: PhasedBlock): readonly PhaseEffects[] {
  const { events } = blockEvents(codec, block.state)
  return block.phases.map((phase) => {
    const own = events.filter((event) => isOf(event, phase))
    const fee = feeOf(own)
    return {
      phase,
      result: resultOf(phase),
      events: own.filter((event) => !isCost(event)).map((event) => eventText(event, fee)),
      fee,
      weight: weightOf(own),
      writes: writesOf(phase),
    }
  })
}

function isOf({ phase }: ChainEvent, { name }: Phase): boolean {
  if (name.kind === 'extrinsic') return phase.kind === 'applyExtrinsic' && phase.index === name.index
  return phase.kind === (name.kind === 'initialize' ? 'initialization' : 'finalization')
}

function resultOf({ name, outcome, applyResult }: Phase): string {
  if (outcome.kind !== 'ok') return outcomeText(outcome)
  if (name.kind !== 'extrinsic') return 'success'
  switch (applyResult?.kind) {
    case 'success':
      return 'success'
    case 'dispatchError': {
      const { kind, pallet, error } = applyResult.error
      return [kind, pallet, error].filter((part) => part !== undefined).join('.')
    }
    case 'invalid':
      return `refused: ${applyResult.reason}`
    default:
      return 'a result that is not known'
  }
}

function writesOf({ outcome, state }: Phase): Changes {
  if (!isOk(outcome)) return new Map()
  const changes = effectiveChanges(state, outcome.changes)
  return new Map([...changes].filter(([key]) => !isBookkeeping(key)))
}

function isOk(outcome: Outcome): outcome is Extract<Outcome, { kind: 'ok' }> {
  return outcome.kind === 'ok'
}

/** Of pallet_transaction_payment; the fields are named since 2022. */
function feeOf(events: readonly ChainEvent[]): string | null {
  const paid = events.find(({ event }) => event === 'TransactionFeePaid')
  const fee = fieldOf(paid, 'actual_fee', 1)
  return typeof fee === 'string' || typeof fee === 'number' ? String(fee) : null
}

function weightOf(events: readonly ChainEvent[]): string | null {
  const end = events.findLast(isDispatchEnd)
  const info = fieldOf(end, 'dispatch_info', end?.event === 'ExtrinsicFailed' ? 1 : 0)
  if (typeof info !== 'object' || info === null || !('weight' in info)) return null
  return JSON.stringify(info['weight'])
}

function fieldOf(event: ChainEvent | undefined, name: string, position: number): ChainValue | undefined {
  const fields = event?.fields
  if (Array.isArray(fields)) return fields[position]
  if (typeof fields !== 'object' || fields === null) return undefined
  // SAFETY: an object of a ChainValue has ChainValues.
  return (fields as Readonly<Record<string, ChainValue>>)[name]
}

function isDispatchEnd({ pallet, event }: ChainEvent): boolean {
  return pallet === 'System' && (event === 'ExtrinsicSuccess' || event === 'ExtrinsicFailed')
}

/** Tells only what was paid and weighed. The result of the extrinsic is compared apart. */
function isCost(event: ChainEvent): boolean {
  return isDispatchEnd(event) || event.event === 'TransactionFeePaid'
}

function eventText({ pallet, event, fields }: ChainEvent, fee: string | null): string {
  const text = JSON.stringify(fields)
  const shown = fee === null || fee === '0' ? text : text.replaceAll(`"${fee}"`, '"fee"')
  return `${pallet}.${event} ${shown}`
}
