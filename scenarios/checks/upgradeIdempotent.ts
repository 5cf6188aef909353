import { binaryToHex, bytesToHex } from '../../harness/base/bytes.ts'
import type { Phase } from '../../harness/chain/build/phase.ts'
import { type ChangeDifference, compareChanges } from '../../harness/chain/compareChanges.ts'
import { isMigrationsProgress, LAST_UPGRADE_KEY, migrationMarks } from '../../harness/chain/migrationMarks.ts'
import { outcomeText } from '../../harness/chain/outcomeText.ts'
import type { RuntimeContext } from '../../harness/chain/runtimeContext.ts'
import type { OkOutcome, Outcome } from '../../harness/runtime/executor.ts'
import type { ChainState } from '../../harness/state/chainState.ts'
import type { Finding } from '../../reports/model/finding.ts'
import type { Check, CheckAnswer, CheckContext } from '../check/check.ts'
import { createFinding } from '../check/createFinding.ts'
import { defineCheck } from '../check/defineCheck.ts'
import { outcomeEvidence, outcomeFacts, outcomeSubject } from '../check/outcomeEvidence.ts'
import { migrationSegments } from '../migrations/migrationSegments.ts'
import { migrationsEnd } from '../migrations/settle.ts'

const SHOWN_KEYS = 5
const SHOWN_BYTES = 40
/** What a block counts of itself; accounts are the chain's. */
const BOOKKEEPING = /^System\.(?!Account$)|^:/

export const upgradeIdempotent: Check = defineCheck({
  id: 'upgrade.idempotent',
  title: 'Running the migrations again changes nothing',
  why: 'A migration that stays wired in runs again with the next upgrade: without a guard it doubles, moves or loses values a second time.',
  rules: [
    {
      id: 'changesAgain',
      severity: 'error',
      says: 'A second run of the migrations changes keys of an item.',
    },
    { id: 'fails', severity: 'error', says: 'A second run of the migrations fails.' },
  ],
  needs: migrationsEnd,
  async run(context, settling): Promise<CheckAnswer> {
    const { fork } = context
    if (settling.kind !== 'settled') {
      const reason = settling.kind === 'stopped' ? 'the chain stops' : 'the migrations do not finish'
      return { kind: 'inconclusive', reason: `${reason}: see upgrade.settle and blocks.run` }
    }
    const { runtime, head } = settling
    const next = await fork.at(head).buildBlock()
    const once = next.phases[0]
    if (once?.outcome.kind !== 'ok') {
      return { kind: 'inconclusive', reason: `block ${head.number + 1} cannot be built: see blocks.run` }
    }
    const again = await runAgain(runtime, once, fork.head.state)
    const repeated: Repeated = { runtime, block: head.number + 1, state: once.state }
    if (again.kind !== 'ok') return { kind: 'ran', findings: [failed(context, repeated, again)] }
    if (!hasRun(again)) {
      const reason = 'the runtime did not run its migrations a second time: its spec_version does not rise'
      return { kind: 'inconclusive', reason }
    }
    const differences = compareChanges(once.state, once.outcome.changes, again.changes)
    const byItem = itemsOf(repeated, differences)
    const findings = [...byItem].map(([item, keys]) => changed(context, repeated, { item, keys, again }))
    const { reads, nextKeys, writes } = again.cost
    return { kind: 'ran', findings, measures: { reads, nextKeys, writes, itemsChanged: byItem.size } }
  },
})

interface Repeated {
  readonly runtime: RuntimeContext
  /** Number of the block that was begun twice. */
  readonly block: number
  /** What it was begun on. */
  readonly state: ChainState
}

/** The same call over the same state, where the runtime from before the upgrade ran last. */
function runAgain(runtime: RuntimeContext, once: Phase, before: ChainState): Promise<Outcome> {
  const { executor, blob, callOptions, codec } = runtime
  const state = once.state.with(new Map([[LAST_UPGRADE_KEY, before.get(LAST_UPGRADE_KEY)]]))
  const { entryPoint, input } = once
  const options = { ...callOptions, markWrites: migrationMarks(codec) }
  return executor.call({ blob, entryPoint, input, state, options })
}

/** An executor that records no marks is believed. */
function hasRun({ marks }: OkOutcome): boolean {
  return marks === undefined || marks.some(({ key }) => key === LAST_UPGRADE_KEY)
}

/** Keys that came out differently, by item, without bookkeeping and the cursors of migrations over several blocks. */
function itemsOf(
  { runtime: { codec } }: Repeated,
  differences: readonly ChangeDifference[],
): ReadonlyMap<string, readonly ChangeDifference[]> {
  const items = new Map<string, ChangeDifference[]>()
  for (const difference of differences) {
    const item = codec.itemOfKey(difference.key)
    const [pallet = '', name = ''] = item.split('.')
    if (isMigrationsProgress(codec, pallet, name) || BOOKKEEPING.test(item)) continue
    const keys = items.get(item)
    if (keys === undefined) items.set(item, [difference])
    else keys.push(difference)
  }
  return items
}

interface ChangedItem {
  readonly item: string
  readonly keys: readonly ChangeDifference[]
  readonly again: OkOutcome
}

function changed(context: CheckContext, repeated: Repeated, { item, keys, again }: ChangedItem): Finding {
  const migrations = migrationsOf(repeated, keys, again)
  const by = migrations.length === 0 ? '' : ` (${migrations.join('; ')})`
  return createFinding(upgradeIdempotent, context, {
    rule: 'changesAgain',
    subject: item,
    title: `Running the migrations again in block ${repeated.block} changes ${keys.length} key(s) of ${item}${by}`,
    facts: { item, keys: keys.length, block: repeated.block, migration: migrations[0] ?? null },
    evidence: keys.slice(0, SHOWN_KEYS).map(({ key, left, right }) => {
      return `${keyText(repeated, key)}: ${valueText(left)} -> ${valueText(right)}`
    }),
  })
}

/** Which parts of the second run changed the keys first. */
function migrationsOf(
  { runtime: { codec }, state }: Repeated,
  keys: readonly ChangeDifference[],
  { marks = [], logs, cost, changes }: OkOutcome,
): readonly string[] {
  if (marks.length === 0) return []
  const concerned = new Set(keys.map(({ key }) => key))
  const places = [...changes.keys()].flatMap((key, place) =>
    concerned.has(key) ? [[place, key] as const] : [],
  )
  const segments = migrationSegments({
    marks,
    logs,
    end: { ...cost, keys: changes.size },
    changes: places,
    newer: codec,
    older: codec,
    before: (key) => state.get(key),
  })
  return segments.flatMap(({ name, items }) => (items.size > 0 ? [name] : []))
}

function keyText({ runtime: { codec } }: Repeated, key: string): string {
  const described = codec.describeKey(key)
  if (described?.kind !== 'item') return binaryToHex(key)
  return `${described.pallet}.${described.item}(${described.args.map((arg) => JSON.stringify(arg)).join(', ')})`
}

function valueText(value: Uint8Array | null): string {
  if (value === null) return 'absent'
  const hex = bytesToHex(value.subarray(0, SHOWN_BYTES))
  return value.length > SHOWN_BYTES ? `${hex}… (${value.length} bytes)` : hex
}

function failed(context: CheckContext, { block }: Repeated, outcome: Outcome): Finding {
  return createFinding(upgradeIdempotent, context, {
    rule: 'fails',
    subject: outcomeSubject(outcome),
    title: `Running the migrations again in block ${block} fails: ${outcomeText(outcome)}`,
    facts: { block, ...outcomeFacts(outcome) },
    evidence: outcomeEvidence(outcome),
  })
}
