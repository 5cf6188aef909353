import { binaryToHex, bytesToHex } from '../../harness/base/bytes.ts'
import { isSameValue, phaseLabel, type RuntimeContext } from '../../harness/chain/index.ts'
import type { ChainCodec } from '../../harness/codec/index.ts'
import type { StorageKey } from '../../harness/state/stateView.ts'
import type { PhaseEffects } from './phaseEffects.ts'

/**
 * Why a difference is there. `metadata`: the candidate reads the extrinsic as another call, or not at all. `migration`: what
 * it touches was changed by the upgrade's first block. `cost`: weight or fee alone. `regression`: nothing explains it.
 */
export type DifferenceKind = 'metadata' | 'migration' | 'cost' | 'regression'

/** A phase of a block that the two runtimes did not do alike. */
export interface BlockDifference {
  readonly block: number
  /** `extrinsic 3`, `initialize`. */
  readonly phase: string
  /** The decoded call, for an extrinsic. */
  readonly call: string | null
  readonly kind: DifferenceKind
  /** A sentence for each thing that differs, old first. */
  readonly facts: readonly string[]
}

/** Two runs of the same phase. */
export interface PhasePair {
  readonly block: number
  readonly old: PhaseEffects
  readonly next: PhaseEffects
}

export interface DifferenceContext {
  readonly old: RuntimeContext
  readonly next: RuntimeContext
  /** Keys that the upgrade's own block changed on the candidate's side. */
  readonly migrated: ReadonlySet<StorageKey>
}

const MAX_FACTS = 12
const LONGEST_VALUE = 160

/** Null when both did the same. */
export function compareEffects(context: DifferenceContext, pair: PhasePair): BlockDifference | null {
  const { old, next, block } = pair
  const costs = costFacts(old, next)
  const results = old.result === next.result ? [] : [`result: ${old.result} → ${next.result}`]
  const events = eventFacts(old, next)
  const keys = differingKeys(old, next)
  const isFeeOnly = costs.length > 0 && results.length === 0 && events.length === 0
  const storage = isFeeOnly ? keys.filter((key) => !isBalance(context.old.codec, key)) : keys
  const facts = [...results, ...events, ...storage.map((key) => writeFact(context, pair, key)), ...costs]
  if (facts.length === 0) return null
  const extrinsic = old.phase.name.kind === 'extrinsic' ? old.phase.input : null
  return {
    block,
    phase: phaseLabel(old.phase.name),
    call: extrinsic === null ? null : callText(context.old.codec, extrinsic),
    kind: kindOf(context, { extrinsic, storage, isBehavior: results.length + events.length > 0 }),
    facts:
      facts.length <= MAX_FACTS
        ? facts
        : [...facts.slice(0, MAX_FACTS), `and ${facts.length - MAX_FACTS} more`],
  }
}

interface Judged {
  readonly extrinsic: Uint8Array | null
  readonly storage: readonly StorageKey[]
  /** The result or the events differ. */
  readonly isBehavior: boolean
}

function kindOf({ old, next, migrated }: DifferenceContext, judged: Judged): DifferenceKind {
  const { extrinsic, storage, isBehavior } = judged
  if (extrinsic !== null && !isSameCall(old.codec, next.codec, extrinsic)) return 'metadata'
  if (!isBehavior && storage.length === 0) return 'cost'
  if (!isBehavior && storage.every((key) => migrated.has(key))) return 'migration'
  return 'regression'
}

function costFacts(old: PhaseEffects, next: PhaseEffects): readonly string[] {
  const facts: string[] = []
  if (old.fee !== next.fee) facts.push(`fee: ${old.fee ?? 'none'} → ${next.fee ?? 'none'}`)
  if (old.weight !== next.weight) facts.push(`weight: ${old.weight ?? 'none'} → ${next.weight ?? 'none'}`)
  return facts
}

function eventFacts(old: PhaseEffects, next: PhaseEffects): readonly string[] {
  const length = Math.max(old.events.length, next.events.length)
  const facts: string[] = []
  for (let i = 0; i < length; i++) {
    const [before, after] = [old.events[i], next.events[i]]
    if (before !== after) facts.push(`event ${i}: ${short(before ?? 'none')} → ${short(after ?? 'none')}`)
  }
  return facts
}

/** Keys that were alike before and are not after: what differed already is no doing of this phase. */
function differingKeys(old: PhaseEffects, next: PhaseEffects): readonly StorageKey[] {
  const keys = new Set([...old.writes.keys(), ...next.writes.keys()])
  return [...keys].filter((key) => {
    if (!isSameValue(old.phase.state.get(key), next.phase.state.get(key))) return false
    return !isSameValue(valueAfter(old, key), valueAfter(next, key))
  })
}

function valueAfter({ writes, phase }: PhaseEffects, key: StorageKey): Uint8Array | null {
  const written = writes.get(key)
  return written === undefined ? phase.state.get(key) : written
}

function isBalance(codec: ChainCodec, key: StorageKey): boolean {
  return ['System.Account', 'Balances.Account', 'Balances.TotalIssuance'].includes(codec.itemOfKey(key))
}

function writeFact({ old, next }: DifferenceContext, pair: PhasePair, key: StorageKey): string {
  const before = valueText(old.codec, key, valueAfter(pair.old, key))
  const after = valueText(next.codec, key, valueAfter(pair.next, key))
  return `${keyText(old.codec, key)}: ${before} → ${after}`
}

function keyText(codec: ChainCodec, key: StorageKey): string {
  const described = codec.describeKey(key)
  if (described?.kind !== 'item') return `${codec.itemOfKey(key)} ${short(binaryToHex(key))}`
  const args = described.args.map((arg) => JSON.stringify(arg)).join(', ')
  return short(`${described.pallet}.${described.item}(${args})`)
}

function valueText(codec: ChainCodec, key: StorageKey, value: Uint8Array | null): string {
  if (value === null) return 'absent'
  const described = codec.describeKey(key)
  if (described?.kind === 'item' && codec.item(described.pallet, described.item) !== null) {
    const decoded = codec.decodeValue(described.pallet, described.item, value)
    if (decoded.kind === 'value') return short(JSON.stringify(decoded.value))
  }
  return short(bytesToHex(value))
}

function isSameCall(old: ChainCodec, next: ChainCodec, extrinsic: Uint8Array): boolean {
  return callText(old, extrinsic) === callText(next, extrinsic)
}

/** `Balances.transfer_keep_alive {…} by 5Grw…`; hex when the runtime does not read it. */
function callText(codec: ChainCodec, extrinsic: Uint8Array): string {
  const decoded = codec.decodeExtrinsic(extrinsic)
  if (decoded.kind === 'error') return `an extrinsic that does not decode (${short(bytesToHex(extrinsic))})`
  const { pallet, call, args, signer } = decoded.extrinsic
  const by = signer === undefined ? '' : ` by ${typeof signer === 'string' ? signer : JSON.stringify(signer)}`
  return `${pallet}.${call} ${short(JSON.stringify(args))}${by}`
}

function short(text: string): string {
  return text.length <= LONGEST_VALUE ? text : `${text.slice(0, LONGEST_VALUE)}…`
}
