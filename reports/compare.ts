import type { CheckReport, RuntimeInput, StorageDiffRow } from './checkReport.ts'
import { groupBy } from './groupBy.ts'
import type { CheckResult } from './model/checkResult.ts'
import { type Finding, isCounted, isUnowned } from './model/finding.ts'
import type { Verdict } from './model/verdict.ts'

/** What two reports have that the other has not: two candidates, or one candidate at two states. */
export interface ReportComparison {
  readonly schemaVersion: 1
  readonly before: ComparedReport
  readonly after: ComparedReport
  /** Why their differences need not come from the candidate: another chain state, another Drydock. */
  readonly notes: readonly string[]
  readonly checks: readonly CheckChange[]
  /** Findings of `after` that `before` has not, by check, rule and subject. */
  readonly newFindings: readonly Finding[]
  readonly goneFindings: readonly Finding[]
  /** How many both have. */
  readonly sameFindingCount: number
  readonly measures: readonly MeasureChange[]
  /** Items that the two upgrades changed differently, in the order of `after`. */
  readonly storage: readonly StorageChange[]
}

export interface ComparedReport {
  readonly verdict: Verdict
  readonly runtime: RuntimeInput
  readonly findingCount: number
}

export interface CheckChange {
  readonly id: string
  /** Null where it was not requested. */
  readonly before: CheckResult['status'] | null
  readonly after: CheckResult['status'] | null
}

export interface MeasureChange {
  readonly check: string
  readonly name: string
  readonly before: number
  readonly after: number
}

/** What each upgrade did to one item; null where it did nothing to it. */
export interface StorageChange {
  readonly item: string
  readonly before: StorageDiffRow | null
  readonly after: StorageDiffRow | null
}

/** Compares two reports; nothing in it says which one is better but `newFindings`. */
export function compareReports(before: CheckReport, after: CheckReport): ReportComparison {
  const old = findingsByName(before)
  const fresh = findingsByName(after)
  const newFindings = minus(fresh, old)
  return {
    schemaVersion: 1,
    before: toCompared(before),
    after: toCompared(after),
    notes: notesOn(before, after),
    checks: checkChanges(before, after),
    newFindings,
    goneFindings: minus(old, fresh),
    sameFindingCount: allFindings(after).length - newFindings.length,
    measures: measureChanges(before, after),
    storage: storageChanges(before, after),
  }
}

/** True when `after` has a finding that counts or waits for review and that `before` has not, or lost a result. */
export function isRegression({ newFindings, checks }: ReportComparison): boolean {
  const hadResult: ReadonlySet<string | null> = new Set(['passed', 'review'])
  const lost = checks.some(({ before, after }) => hadResult.has(before) && after === 'inconclusive')
  return lost || newFindings.some((finding) => isCounted(finding) || isUnowned(finding))
}

function toCompared(report: CheckReport): ComparedReport {
  return {
    verdict: report.verdict,
    runtime: report.inputs.runtime,
    findingCount: allFindings(report).length,
  }
}

function allFindings(report: CheckReport): readonly Finding[] {
  return report.checks.flatMap(({ findings }) => findings)
}

/** A finding that counts and one that is accepted are two. */
function findingsByName(report: CheckReport): ReadonlyMap<string, readonly Finding[]> {
  return groupBy(allFindings(report), (finding) =>
    JSON.stringify([finding.check, finding.rule, finding.subject, isCounted(finding)]),
  )
}

/** Of the same name, the ones that there are more of. */
function minus(
  a: ReadonlyMap<string, readonly Finding[]>,
  b: ReadonlyMap<string, readonly Finding[]>,
): readonly Finding[] {
  return [...a].flatMap(([name, findings]) => findings.slice(b.get(name)?.length ?? 0))
}

function notesOn(before: CheckReport, after: CheckReport): readonly string[] {
  const a = before.inputs.fork
  const b = after.inputs.fork
  const notes: string[] = []
  if (a.network !== b.network) notes.push(`The networks differ: ${a.network} and ${b.network}.`)
  if (a.stateRoot !== b.stateRoot)
    notes.push(`The states differ: block ${a.blockNumber} and block ${b.blockNumber}.`)
  if (before.inputs.runtime.submittedHash === after.inputs.runtime.submittedHash)
    notes.push('The candidate is the same.')
  if (before.tool.version !== after.tool.version) {
    notes.push(`The versions of Drydock differ: ${before.tool.version} and ${after.tool.version}.`)
  }
  if ((before.storageDiff === undefined) !== (after.storageDiff === undefined)) {
    notes.push('Only one report lists what the upgrade changed in storage.')
  }
  return notes
}

function checkChanges(before: CheckReport, after: CheckReport): readonly CheckChange[] {
  const statusOf = (report: CheckReport, id: string) =>
    report.checks.find((check) => check.id === id)?.status ?? null
  const ids = new Set([...before.checks, ...after.checks].map(({ id }) => id))
  return [...ids]
    .map((id) => ({ id, before: statusOf(before, id), after: statusOf(after, id) }))
    .filter((change) => change.before !== change.after)
}

/** Numbers that both measured and that are not times, which differ from run to run. */
function measureChanges(before: CheckReport, after: CheckReport): readonly MeasureChange[] {
  return after.checks.flatMap(({ id, measures = {} }) => {
    const old = before.checks.find((check) => check.id === id)?.measures ?? {}
    return Object.entries(measures).flatMap(([name, value]) => {
      const was = old[name]
      if (typeof value !== 'number' || typeof was !== 'number' || was === value || /Ms$/.test(name)) return []
      return [{ check: id, name, before: was, after: value }]
    })
  })
}

/** None where one of the two did not look. */
function storageChanges(before: CheckReport, after: CheckReport): readonly StorageChange[] {
  if (before.storageDiff === undefined || after.storageDiff === undefined) return []
  const old = new Map(before.storageDiff.map((row) => [row.item, row]))
  const fresh = new Map(after.storageDiff.map((row) => [row.item, row]))
  return [...new Set([...fresh.keys(), ...old.keys()])].flatMap((item) => {
    const change = { item, before: old.get(item) ?? null, after: fresh.get(item) ?? null }
    return isSameChange(change.before, change.after) ? [] : [change]
  })
}

function isSameChange(a: StorageDiffRow | null, b: StorageDiffRow | null): boolean {
  if (a === null || b === null) return a === b
  return (
    a.added === b.added &&
    a.changed === b.changed &&
    a.removed === b.removed &&
    a.bytesBefore === b.bytesBefore &&
    a.bytesAfter === b.bytesAfter
  )
}
