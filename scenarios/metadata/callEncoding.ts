import type { ChainCodec } from '../../harness/codec/index.ts'
import type { ShapeField, TypeTable } from '../../harness/codec/shape/shape.ts'
import { fieldsChange, type TypeChange } from './typeChange.ts'

/** A call of one runtime that another does not take in the same bytes. */
export interface ChangedCall {
  /** `Pallet.call`, as the older runtime names it. */
  readonly call: string
  readonly change: 'index' | 'arguments' | 'replaced'
  readonly before: string
  readonly after: string
}

/**
 * Calls that block authors put into blocks themselves and nobody signs or stores: their node asks the runtime to make them
 * (`BlockBuilder_inherent_extrinsics`), so that their encoding is nobody else's business.
 */
const INHERENTS: ReadonlySet<string> = new Set([
  'Timestamp.set',
  'Authorship.set_uncles',
  'FinalityTracker.final_hint',
  'ParachainSystem.set_validation_data',
  'ParachainUpgrade.set_validation_data',
  'ParaInherent.enter',
  'ParasInherent.enter',
  'ParaInclusion.inclusion',
  'Parachains.set_heads',
  'AuthorInherent.set_author',
  'AuthorInherent.kick_off_authorship_validation',
  'Randomness.set_babe_randomness_results',
  'TransactionStorage.check_proof',
])

/**
 * Calls of `older` whose encoding `newer` reads differently: at another index, with arguments of another layout, or gone with
 * another call at its index. Names of types and fields do not count, bytes do. New calls, and new variants inside arguments,
 * change nothing for what was signed before, and neither do inherents, which nobody signs; a call that is gone without a successor is refused and not misread.
 */
export function changedCalls(older: ChainCodec, newer: ChainCodec): readonly ChangedCall[] {
  const changed: ChangedCall[] = []
  const [types, newTypes] = [older.metadata.types, newer.metadata.types]
  const there = byName(newTypes)
  const atIndex = new Map([...there].map(([call, { index }]) => [index, call]))
  for (const [call, old] of byName(types)) {
    if (INHERENTS.has(call)) continue
    const now = there.get(call)
    if (now === undefined) {
      const successor = atIndex.get(old.index)
      if (successor !== undefined) changed.push({ call, change: 'replaced', before: call, after: successor })
      continue
    }
    if (now.index !== old.index) {
      changed.push({ call, change: 'index', before: old.index, after: now.index })
      continue
    }
    const change = fieldsChange({ types, fields: old.fields }, { types: newTypes, fields: now.fields })
    if (isReencoded(change)) {
      changed.push({
        call,
        change: 'arguments',
        before: atPath(change, 'before'),
        after: atPath(change, 'after'),
      })
    }
  }
  return changed
}

function isReencoded(change: TypeChange | null): change is TypeChange {
  return change !== null && (change.kind === 'layout' || change.kind === 'scale')
}

function atPath(change: TypeChange, side: 'before' | 'after'): string {
  return change.path === '' ? change[side] : `${change.path}: ${change[side]}`
}

interface CallShape {
  /** `pallet index, call index` */
  readonly index: string
  readonly fields: readonly ShapeField[]
}

function byName(types: TypeTable): Map<string, CallShape> {
  const calls = new Map<string, CallShape>()
  for (const { pallet, index, variants } of types.calls.values()) {
    for (const variant of variants.values()) {
      calls.set(`${pallet}.${variant.name}`, { index: `${index}, ${variant.index}`, fields: variant.fields })
    }
  }
  return calls
}
