import { isDeepStrictEqual } from 'node:util'
import { DrydockError } from '../harness/base/errors.ts'
import type { BlockResult, CheckReport, MergedShard, Shard, StorageDiffRow } from './checkReport.ts'
import type { CheckResult } from './model/checkResult.ts'
import { checksToVerdict } from './model/verdict.ts'

/** A shard's report, and what to call it in messages: its path. */
export interface NamedReport {
  readonly name: string
  readonly report: CheckReport
}

/**
 * The shards of one run as the report of that run: the same checks in the same order, whatever the order of `shards`. Throws
 * `MERGE_REFUSED` (usage) for reports that are not shards, that are of another chain state, candidate, tool or settings, that
 * overlap, that saw other blocks, or of which one is missing.
 */
export function mergeReports(shards: readonly NamedReport[]): CheckReport {
  const sorted = shards.map(withShard).toSorted((a, b) => a.shard.index - b.shard.index)
  const [first, ...others] = sorted
  if (first === undefined) throw refused('there is nothing to merge')
  for (const other of others) assertSameRun(first, other)
  assertComplete(first, sorted)
  const reports = sorted.map(({ report }) => report)
  const checks = joinChecks(first.shard.requested, sorted)
  return {
    schemaVersion: first.report.schemaVersion,
    tool: first.report.tool,
    verdict: checksToVerdict(checks),
    inputs: first.report.inputs,
    ...present('settings', first.report.settings),
    ...present('startedAt', earliest(reports)),
    ...present('machine', sameOrNone(reports.map(({ machine }) => machine))),
    mergedFrom: sorted.map(toMergedShard),
    checks,
    ...present('notRequested', joinNotRequested(reports, first.shard.requested)),
    ...present('notes', joinTexts(reports.map(({ notes }) => notes))),
    ...present('assumptions', joinTexts(reports.map(({ assumptions }) => assumptions))),
    ...present('upgrade', firstOf(reports.map(({ upgrade }) => upgrade))),
    ...present('storageDiff', joinStorageDiffs(sorted)),
    ...present('blocks', joinBlocks(sorted)),
    ...present('blockWeightLimit', firstOf(reports.map(({ blockWeightLimit }) => blockWeightLimit))),
    durationMs: Math.max(...reports.map(({ durationMs }) => durationMs)),
  }
}

interface ShardReport extends NamedReport {
  readonly shard: Shard
}

function withShard({ name, report }: NamedReport): ShardReport {
  if (report.shard === undefined) throw refused(`${name} is not a shard: it was run without --shard`)
  return { name, report, shard: report.shard }
}

function assertSameRun(first: ShardReport, other: ShardReport): void {
  const a = first.report
  const b = other.report
  const facts: readonly (readonly [string, unknown, unknown])[] = [
    ['version of Drydock', a.tool, b.tool],
    ['network', a.inputs.fork.network, b.inputs.fork.network],
    ['genesis', a.inputs.fork.genesisHash, b.inputs.fork.genesisHash],
    ['block', a.inputs.fork.blockHash, b.inputs.fork.blockHash],
    ['state root', a.inputs.fork.stateRoot, b.inputs.fork.stateRoot],
    ['runtime', a.inputs.runtime.submittedHash, b.inputs.runtime.submittedHash],
    ['settings', a.settings, b.settings],
    ['number of shards', first.shard.count, other.shard.count],
    ['list of checks', first.shard.requested, other.shard.requested],
  ]
  const different = facts.find(([, mine, theirs]) => !isDeepStrictEqual(mine, theirs))
  if (different !== undefined) {
    throw refused(`${first.name} and ${other.name} do not belong together: the ${different[0]} is another`)
  }
}

function assertComplete({ shard }: ShardReport, shards: readonly ShardReport[]): void {
  for (const [at, { name, shard: own }] of shards.entries()) {
    const before = shards[at - 1]
    if (before?.shard.index === own.index) {
      throw refused(`${before.name} and ${name} are both shard ${own.index} of ${own.count}`)
    }
    if (own.index > own.count) throw refused(`${name} says that it is shard ${own.index} of ${own.count}`)
  }
  if (shards.length === shard.count) return
  const missing = Array.from({ length: shard.count }, (_, at) => at + 1).filter(
    (index) => !shards.some((one) => one.shard.index === index),
  )
  throw refused(`shard ${missing.join(', ')} of ${shard.count} is missing`)
}

function joinChecks(requested: readonly string[], shards: readonly ShardReport[]): readonly CheckResult[] {
  const found = new Map<string, { readonly name: string; readonly check: CheckResult }>()
  for (const { name, report } of shards) {
    for (const check of report.checks) {
      const known = found.get(check.id)
      if (known !== undefined) throw refused(`${known.name} and ${name} both ran ${check.id}`)
      if (!requested.includes(check.id)) throw refused(`${name} ran ${check.id}, which was not requested`)
      found.set(check.id, { name, check })
    }
  }
  return requested.map((id) => {
    const known = found.get(id)
    if (known === undefined) throw refused(`no shard ran ${id}`)
    return known.check
  })
}

function joinNotRequested(reports: readonly CheckReport[], requested: readonly string[]) {
  if (reports.every(({ notRequested }) => notRequested === undefined)) return undefined
  const [first] = reports
  return (first?.notRequested ?? []).filter(({ id }) => !requested.includes(id))
}

/** The blocks of the shard that built most; each other one has to have built the same, as far as it went. */
function joinBlocks(shards: readonly ShardReport[]): readonly BlockResult[] | undefined {
  const having = shards.filter(({ report }) => report.blocks !== undefined)
  const longest = having.toSorted((a, b) => blocksOf(b).length - blocksOf(a).length)[0]
  if (longest === undefined) return undefined
  const blocks = blocksOf(longest)
  for (const shard of having) {
    const other = blocksOf(shard).find((block, at) => block.hash !== blocks[at]?.hash)
    if (other !== undefined) {
      throw refused(
        `${shard.name} and ${longest.name} built another block ${other.number}: a run is not repeatable`,
      )
    }
  }
  return blocks
}

function blocksOf({ report }: ShardReport): readonly BlockResult[] {
  return report.blocks ?? []
}

function joinStorageDiffs(shards: readonly ShardReport[]): readonly StorageDiffRow[] | undefined {
  const [first, ...others] = shards.filter(({ report }) => report.storageDiff !== undefined)
  if (first === undefined) return undefined
  for (const other of others) {
    if (!isDeepStrictEqual(other.report.storageDiff, first.report.storageDiff)) {
      throw refused(
        `in ${first.name} and ${other.name} the upgrade changed other storage: a run is not repeatable`,
      )
    }
  }
  return first.report.storageDiff
}

function toMergedShard({ shard, report }: ShardReport): MergedShard {
  return {
    index: shard.index,
    ...present('startedAt', report.startedAt),
    ...present('machine', report.machine),
    durationMs: report.durationMs,
  }
}

function earliest(reports: readonly CheckReport[]): string | undefined {
  return reports
    .flatMap(({ startedAt }) => (startedAt === undefined ? [] : [startedAt]))
    .toSorted()
    .at(0)
}

function sameOrNone<T>([first, ...others]: readonly T[]): T | undefined {
  return others.every((other) => isDeepStrictEqual(other, first)) ? first : undefined
}

function firstOf<T>(values: readonly (T | undefined)[]): T | undefined {
  return values.find((value) => value !== undefined)
}

function joinTexts(lists: readonly (readonly string[] | undefined)[]): readonly string[] | undefined {
  return lists.every((list) => list === undefined)
    ? undefined
    : [...new Set(lists.flatMap((list) => list ?? []))]
}

/** A field that is there only when it has a value. */
function present<K extends string, V>(name: K, value: V | undefined): { readonly [P in K]?: V } {
  // SAFETY: the computed key is `name`, which the compiler widens to string.
  return value === undefined ? {} : ({ [name]: value } as { readonly [P in K]?: V })
}

function refused(reason: string): DrydockError {
  return new DrydockError(`these reports can't be merged: ${reason}`, {
    code: 'MERGE_REFUSED',
    kind: 'usage',
    hints: ['Give the report of each shard of one run: --shard 1/n to n/n of the same command line.'],
  })
}
