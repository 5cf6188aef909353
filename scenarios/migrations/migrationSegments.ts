import { effectiveChanges } from '../../harness/chain/compareChanges.ts'
import type { Upgraded } from '../../harness/chain/upgrade.ts'
import type { ChainCodec } from '../../harness/codec/index.ts'
import type { CallPoint, RuntimeLog, WriteMark } from '../../harness/runtime/executor.ts'
import type { StorageKey } from '../../harness/state/stateView.ts'
import { type MarkMeaning, markMeaning, storageVersion } from './markMeaning.ts'

/** A part of the call that ran the migrations: one of them, as far as what it wrote and logged tells. */
export interface MigrationSegment {
  /** By what it noted at its end, else by its first log line. */
  readonly name: string
  readonly wallMs: number
  readonly reads: number
  readonly nextKeys: number
  readonly writes: number
  /** Keys that the call changed in it first, by item, most first. */
  readonly items: ReadonlyMap<string, number>
}

export interface SegmentedCall {
  readonly marks: readonly WriteMark[]
  readonly logs: readonly RuntimeLog[]
  /** Where the call ended. */
  readonly end: CallPoint
  /** Keys of the changes that count, at their place among all changes. */
  readonly changes: readonly (readonly [place: number, key: StorageKey])[]
  readonly newer: ChainCodec
  readonly older: ChainCodec
  /** What stood under a key before the call. */
  before(key: StorageKey): Uint8Array | null
}

const START: CallPoint = { reads: 0, writes: 0, nextKeys: 0, keys: 0, wallMs: 0 }
/** Below it a part is what leads to the next: a look at a version, a line that says so. */
const SMALL_READS = 10
const NAME_CHARACTERS = 100
export const HOOKS_NAME = 'on_initialize'
const REST_NAME = 'after the last migration'

/** The migrations of an upgrade, in their order; empty when the executor recorded no marks. */
export function upgradeSegments(
  upgrade: Upgraded,
  { newer, older }: Pick<SegmentedCall, 'newer' | 'older'>,
): readonly MigrationSegment[] {
  const phase = upgrade.migrationBlock.phases[0]
  if (phase?.outcome.kind !== 'ok') return []
  const { marks = [], logs, cost, changes } = phase.outcome
  if (marks.length === 0) return []
  const effective = effectiveChanges(phase.state, changes)
  const places = [...changes.keys()].flatMap((key, place) =>
    effective.has(key) ? [[place, key] as const] : [],
  )
  const end = { ...cost, keys: changes.size }
  const before = (key: StorageKey) => phase.state.get(key)
  return migrationSegments({ marks, logs, end, changes: places, newer, older, before })
}

/** Cuts a call into its migrations: where a mark was written, and where log lines come from somewhere else. */
export function migrationSegments(call: SegmentedCall): readonly MigrationSegment[] {
  const parts: Part[] = []
  let from = START
  let name: string | null = null
  const end: Cut = { kind: 'end', at: call.end }
  for (const cut of [...cutsOf(call), end]) {
    const group = cut.kind === 'mark' ? cut.group : null
    const own = cut.kind === 'mark' ? cut.name : cut.kind === 'break' ? (name ?? cut.name) : name
    addPart(parts, { from, to: cut.at, names: own === null ? [] : [own], group })
    from = cut.at
    name = cut.kind === 'log' ? cut.name : cut.kind === 'hooks' ? HOOKS_NAME : null
  }
  return parts.map((one) => toSegment(call, one))
}

interface Part {
  readonly from: CallPoint
  readonly to: CallPoint
  readonly names: readonly string[]
  /** What the mark that ended it is of: a pallet, or `NEW_PALLETS`; null without one. */
  readonly group: string | null
}

const NEW_PALLETS = 'storage versions of new pallets'

type Cut =
  | { readonly kind: 'mark'; readonly at: CallPoint; readonly name: string; readonly group: string }
  | { readonly kind: 'log'; readonly at: CallPoint; readonly name: string }
  /** What comes before is not of the mark after it; `name` is for when no line names it. */
  | { readonly kind: 'break'; readonly at: CallPoint; readonly name: string }
  /** From here on it is the blocks' usual hooks. */
  | { readonly kind: 'hooks'; readonly at: CallPoint }
  | { readonly kind: 'end'; readonly at: CallPoint }

/** What has no name, or is small, leads to what comes after it; a further mark of the same group belongs to what is before. */
function addPart(parts: Part[], part: Part): void {
  const last = parts.at(-1)
  const leads = last?.group === null && (last.names.length === 0 || isSmall(last))
  if (last !== undefined && leads && part.names[0] !== HOOKS_NAME) {
    const names = part.group === null && last.names.length > 0 ? last.names : part.names
    parts.splice(-1, 1, { ...part, from: last.from, names })
  } else if (last !== undefined && part.group !== null && last.group === part.group && isSmall(part)) {
    parts.splice(-1, 1, { ...last, to: part.to, names: [...last.names, ...part.names] })
  } else parts.push(part)
}

function isSmall({ from, to }: Part): boolean {
  return to.reads - from.reads + to.nextKeys - from.nextKeys < SMALL_READS && to.writes - from.writes < 2
}

function cutsOf(call: SegmentedCall): readonly Cut[] {
  const cuts = merge(markCuts(call), logCuts(call.logs))
  const hooks = cuts.findLastIndex(({ kind }) => kind === 'hooks')
  // Where the number is written before the migrations, nothing tells them from the hooks.
  if (hooks < cuts.findLastIndex(({ kind }) => kind === 'mark'))
    return cuts.filter((cut) => cut.kind !== 'hooks')
  return hooks < 0 ? cuts : cuts.slice(0, hooks + 1)
}

function markCuts(call: SegmentedCall): readonly Cut[] {
  const former = new Map<StorageKey, Uint8Array | null>()
  const cuts: Cut[] = []
  for (const { key, value, at } of call.marks) {
    const meaning = markMeaning(key, call.newer, call.older)
    const isFirst = !former.has(key)
    const was = former.get(key) ?? (isFirst ? call.before(key) : null)
    former.set(key, value)
    if (meaning.kind === 'other') continue
    if (meaning.kind === 'blockNumber') cuts.push({ kind: 'hooks', at })
    else {
      // What the mark itself writes belongs to the part that it ends.
      const after = { ...at, writes: at.writes + 1, keys: at.keys + (isFirst ? 1 : 0) }
      const { pallet } = meaning
      // pallet_migrations only starts here what later blocks do.
      if (meaning.kind === 'cursor') cuts.push({ kind: 'break', at, name: `before ${pallet}` })
      const isNew = meaning.kind === 'storageVersion' && was === null
      const named = isNew
        ? { name: `${pallet} ${storageVersion(value)}`, group: NEW_PALLETS }
        : { name: markName(meaning, { was, value }), group: pallet }
      cuts.push({ kind: 'mark', at: after, ...named })
    }
  }
  return cuts
}

type Named = Exclude<MarkMeaning, { kind: 'other' | 'blockNumber' }>

function markName(meaning: Named, values: { was: Uint8Array | null; value: Uint8Array | null }): string {
  if (meaning.kind === 'migrationRun') return meaning.name
  if (meaning.kind === 'cursor') return `${meaning.pallet}: multi-block migrations`
  const text = (value: Uint8Array | null) => storageVersion(value) ?? 'none'
  return `${meaning.pallet} storage version ${text(values.was)} -> ${text(values.value)}`
}

/** Where lines come from another target than those before. */
function logCuts(logs: readonly RuntimeLog[]): readonly Cut[] {
  return logs.flatMap(({ at, target, message }, index): Cut[] => {
    if (at === undefined || logs[index - 1]?.target === target) return []
    return [{ kind: 'log', at, name: lineName(message) }]
  })
}

/** FRAME's line before a pallet's own hook says whose it is. */
function lineName(message: string): string {
  const pallet = /(\w+) declares internal migrations/.exec(message)?.[1]
  if (pallet !== undefined) return `${pallet}: on_runtime_upgrade`
  const text = message.replaceAll(/\s+/g, ' ').trim()
  return text.length <= NAME_CHARACTERS ? text : `${text.slice(0, NAME_CHARACTERS)}…`
}

/** By time: a line comes before a mark when it was logged before the mark's write. */
function merge(marks: readonly Cut[], logs: readonly Cut[]): readonly Cut[] {
  const order = ({ kind, at }: Cut) =>
    at.reads + at.nextKeys + at.writes + (kind === 'mark' ? -0.5 : kind === 'log' ? 0 : 0.25)
  return [...logs, ...marks].sort((a, b) => order(a) - order(b))
}

function toSegment(call: SegmentedCall, { from, to, names, group }: Part): MigrationSegment {
  const items = new Map<string, number>()
  for (const [place, key] of call.changes) {
    if (place < from.keys || place >= to.keys) continue
    const newer = call.newer.itemOfKey(key)
    const item = newer.includes('0x') ? call.older.itemOfKey(key) : newer
    items.set(item, (items.get(item) ?? 0) + 1)
  }
  return {
    name: group === NEW_PALLETS ? `${NEW_PALLETS}: ${names.join(', ')}` : names.join(', ') || REST_NAME,
    wallMs: to.wallMs - from.wallMs,
    reads: to.reads - from.reads,
    nextKeys: to.nextKeys - from.nextKeys,
    writes: to.writes - from.writes,
    items: new Map([...items].sort((a, b) => b[1] - a[1])),
  }
}
