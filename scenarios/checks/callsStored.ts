import type { DataTable } from '../../reports/model/dataTable.ts'
import type { Finding } from '../../reports/model/finding.ts'
import type { Check, CheckAnswer, CheckContext } from '../check/check.ts'
import { createFinding } from '../check/createFinding.ts'
import { defineCheck } from '../check/defineCheck.ts'
import { type CallReading, type StoredCall, storedCalls } from '../metadata/storedCalls.ts'
import { upgraded } from '../rehearsal/rehearsal.ts'

const MAX_TEXT = 300

export const callsStored: Check = defineCheck({
  id: 'calls.stored',
  title: 'Stored calls still decode to the same calls',
  why: "Moonbeam stopped for four hours when a call's index moved and a scheduled remark became setHeapPages (April 2023).",
  rules: [
    {
      id: 'anotherCall',
      severity: 'error',
      says: 'The candidate decodes a stored call as a different call, or with different arguments.',
    },
    { id: 'unreadable', severity: 'error', says: 'The candidate cannot decode a stored call.' },
  ],
  needs: upgraded,
  async run(context, upgrade): Promise<CheckAnswer> {
    const { fork, current } = context
    const before = storedCalls(current.codec, fork.head.state)
    const calls = before.calls.filter(({ reading }) => reading.kind === 'call')
    const hashesOnly = Object.fromEntries(before.hashesOnly)
    if (calls.length === 0) {
      const reason = 'the state holds no stored calls (scheduler, preimages, multisigs)'
      return { kind: 'notApplicable', reason, measures: hashesOnly }
    }
    // What the migration block itself made or dropped is not of interest: agenda of its own height and the like.
    const after = storedCalls(upgrade.runtime.codec, upgrade.head.state)
    const now = new Map(after.calls.map((call) => [nameOf(call), call.reading]))
    const pairs = calls.map((call) => ({ call, now: now.get(nameOf(call)) ?? null }))
    return {
      kind: 'ran',
      findings: pairs.flatMap((pair) => judge(context, pair)),
      measures: {
        calls: calls.length,
        gone: pairs.filter((pair) => pair.now === null).length,
        ...hashesOnly,
      },
      tables: [toTable(pairs)],
    }
  },
})

interface ReadingPair {
  readonly call: StoredCall
  /** Null when the block made the call, or dropped it. */
  readonly now: CallReading | null
}

function nameOf({ key, position }: StoredCall): string {
  return `${position} ${key}`
}

function judge(context: CheckContext, { call, now }: ReadingPair): Finding[] {
  const { place, item, position, reading } = call
  if (now === null || reading.kind !== 'call') return []
  const was = clip(reading.text)
  const subject = `${item}: ${reading.name}`
  const facts = { place, position, before: was }
  if (now.kind === 'unreadable') {
    const title = `The call kept in ${place}, ${was}, can't be decoded by the candidate: ${now.error}`
    return [createFinding(callsStored, context, { rule: 'unreadable', subject, title, facts })]
  }
  if (now.meaning === reading.meaning) return []
  const title = `The call kept in ${place} is ${was} and becomes ${clip(now.text)}`
  const parts = { rule: 'anotherCall', subject, title, facts: { ...facts, after: clip(now.text) } }
  return [createFinding(callsStored, context, parts)]
}

function toTable(pairs: readonly ReadingPair[]): DataTable {
  return {
    id: 'stored-calls',
    title: 'Stored calls',
    columns: ['place', 'before', 'after'].map((name) => ({ name, kind: 'text' })),
    rows: pairs.map(({ call: { place, reading }, now }) => [place, textOf(reading), textOf(now)]),
  }
}

function textOf(reading: CallReading | null): string {
  if (reading === null) return 'no longer stored'
  return reading.kind === 'call' ? clip(reading.text) : `unreadable: ${reading.error}`
}

function clip(text: string): string {
  return text.length > MAX_TEXT ? `${text.slice(0, MAX_TEXT)}…` : text
}
