import type {
  BlockResult,
  CheckReport,
  LogLine,
  NotRequested,
  ReportInputs,
  RuntimeInput,
  StorageDiffRow,
  UpgradeResult,
} from './checkReport.ts'
import { groupBy } from './groupBy.ts'
import type { CheckResult } from './model/checkResult.ts'
import type { DataTable } from './model/dataTable.ts'
import type { Verdict } from './model/verdict.ts'
import { assumptionsOf, checksSentence, versionStep } from './summary.ts'
import { findingLines } from './terminalFindings.ts'
import { formatCell, formatFact } from './text/cells.ts'
import { clipText, paragraph, table } from './text/layout.ts'
import { formatBytes, formatCount, formatDuration, formatPlural, formatRefTime } from './text/numbers.ts'
import { BLANK, drawLines, type Line, type Span, textLine } from './text/spans.ts'

export interface TerminalOptions {
  /** Columns; lines are wrapped at it, words longer than it stay whole. Default 100. */
  readonly width?: number
  /** Colors; the text says the same without them. Default false. */
  readonly isColored?: boolean
}

const MAX_STORAGE_ROWS = 40
const MAX_LOG_LINES = 60
const MAX_TABLE_ROWS = 20
const MAX_CELL_LENGTH = 60
const MAX_TEXT_LENGTH = 1_000
const LOG_LEVELS = ['off', 'error', 'warn', 'info', 'debug', 'trace']

const HEADLINE: Readonly<Record<Verdict, Span>> = {
  ready: { text: 'READY', style: 'green' },
  review: { text: 'REVIEW', style: 'yellow' },
  notReady: { text: 'NOT READY', style: 'red' },
  inconclusive: { text: 'NO VERDICT', style: 'yellow' },
}

const STATUS: Readonly<Record<CheckResult['status'], Span>> = {
  passed: { text: 'passed', style: 'green' },
  review: { text: 'review', style: 'yellow' },
  failed: { text: 'FAILED', style: 'red' },
  inconclusive: { text: 'no result', style: 'yellow' },
  notApplicable: { text: 'n/a', style: 'dim' },
}

const KNOWN_TO: Readonly<Record<Exclude<StorageDiffRow['knownTo'], 'both'>, string>> = {
  old: 'unknown to the new runtime',
  new: 'new item',
  none: 'unknown to both runtimes',
}

/**
 * The report for a person at a terminal: verdict first, then what was run, the checks, the findings, and what the upgrade did.
 * Long lists are cut with a note of how much `--json` has in addition. Ends in a newline.
 */
export function renderTerminal(report: CheckReport, options: TerminalOptions = {}): string {
  const width = Math.max(60, options.width ?? 100)
  const sections: (readonly Line[])[] = [
    headline(report, width),
    inputLines(report.inputs, width),
    proposalLines(report.inputs, width),
    [...checkLines(report.checks, width), ...notRequestedLines(report.notRequested ?? [], width)],
    ...report.checks.map((check) => findingLines(check, width)),
    listLines('Assumed, not tested', assumptionsOf(report), width),
    listLines('Notes', report.notes ?? [], width),
    measureLines(report.checks, width),
    ...report.checks.flatMap(({ tables = [] }) => tables.map((data) => dataTableLines(data, width))),
    report.upgrade === undefined ? [] : upgradeLines(report.upgrade, width),
    report.storageDiff === undefined ? [] : storageLines(report.storageDiff, width),
    report.blocks === undefined ? [] : blockLines(report.blocks),
  ]
  const lines = sections.filter((section) => section.length > 0).flatMap((section) => [...section, BLANK])
  return drawLines(lines.slice(0, -1), options.isColored ?? false)
}

function headline(report: CheckReport, width: number): readonly Line[] {
  const first: Line = [
    HEADLINE[report.verdict],
    { text: '  ' },
    { text: versionStep(report), style: 'bold' },
    ...(report.shard === undefined
      ? []
      : [{ text: `  shard ${report.shard.index} of ${report.shard.count}` }]),
  ]
  return [first, ...paragraph(checksSentence(report), { width, indent: 2 })]
}

function proposalLines({ calls = [] }: ReportInputs, width: number): readonly Line[] {
  if (calls.length === 0) return []
  const rows = calls.map(
    ({ name, callHash, note }): Line => [
      { text: name },
      { text: note === undefined ? callHash : `${callHash} (${note})` },
    ],
  )
  return [
    textLine('Call hashes, to compare with what is to be signed', 'bold'),
    ...table(rows, { width, indent: 2 }),
  ]
}

function notRequestedLines(checks: readonly NotRequested[], width: number): readonly Line[] {
  return [...groupBy(checks, ({ why }) => why)].flatMap(([why, left]) => {
    const ids = left.map(({ id }) => id).join(', ')
    return paragraph(`Not requested (${why}): ${ids}`, { width, indent: 2, style: 'dim' })
  })
}

function listLines(title: string, texts: readonly string[], width: number): readonly Line[] {
  if (texts.length === 0) return []
  const rows = texts.map((text): Line => [{ text: '-' }, { text: clipText(text, MAX_TEXT_LENGTH) }])
  return [textLine(title, 'bold'), ...table(rows, { width, indent: 2 })]
}

function dataTableLines(data: DataTable, width: number): readonly Line[] {
  if (data.rows.length === 0) return []
  const shown = data.rows.slice(0, MAX_TABLE_ROWS)
  const hidden = data.rows.length - shown.length
  const last = data.columns.length - 1
  const header = data.columns.map(
    ({ name }): Span => ({ text: clipText(name, MAX_CELL_LENGTH), style: 'dim' }),
  )
  const body = shown.map((row) =>
    data.columns.map(({ kind }, index): Span => {
      const limit = index === last ? MAX_TEXT_LENGTH : MAX_CELL_LENGTH
      return { text: clipText(formatCell(row[index], kind), limit) }
    }),
  )
  const rightAligned = data.columns.flatMap(({ kind }, index) => (kind === 'text' ? [] : [index]))
  return [
    textLine(clipText(data.title, MAX_TEXT_LENGTH), 'bold'),
    ...table([header, ...body], { width, indent: 2, rightAligned }),
    ...(hidden === 0 ? [] : [textLine(`  ${formatPlural(hidden, 'more row')} in --json`, 'dim')]),
  ]
}

function inputLines(inputs: ReportInputs, width: number): readonly Line[] {
  const { fork, runtime } = inputs
  const rows: readonly (readonly [string, string])[] = [
    ['runtime', `${runtime.source} (${formatBytes(runtime.sizeBytes)})`],
    ['version', describeVersions(runtime)],
    ['blake2-256', runtime.submittedHash],
    ['sha256', runtime.sha256],
    [
      'fork',
      `${fork.network} at block ${formatCount(fork.blockNumber)}, ${formatPlural(fork.keyCount, 'key')}, from ${fork.source}`,
    ],
    ['genesis', fork.genesisHash ?? 'unknown'],
    ['block', fork.blockHash],
    ['state root', `${fork.stateRoot} (state version ${fork.stateVersion})`],
  ]
  return table(
    rows.map(([name, value]): Line => [{ text: name, style: 'dim' }, { text: value }]),
    { width, indent: 2 },
  )
}

function describeVersions({ version, from }: RuntimeInput): string {
  if (version === null) return `unknown; the fork runs ${from.specName} ${from.specVersion}`
  const numbers = [
    `spec ${from.specVersion} -> ${version.specVersion}`,
    `transaction ${from.transactionVersion} -> ${version.transactionVersion}`,
    `state version ${from.stateVersion} -> ${version.stateVersion}`,
  ]
  return `${version.specName} (${version.implName}): ${numbers.join(', ')}`
}

function checkLines(checks: readonly CheckResult[], width: number): readonly Line[] {
  if (checks.length === 0) return []
  const rows = checks.map(
    (check): Line => [
      STATUS[check.status],
      { text: check.id, style: 'bold' },
      { text: formatDuration(check.durationMs), style: 'dim' },
      { text: checkSummary(check) },
    ],
  )
  return [textLine('Checks', 'bold'), ...table(rows, { width, indent: 2, rightAligned: [2] })]
}

function checkSummary(check: CheckResult): string {
  const parts = [check.title]
  if (check.reason !== undefined) parts.push(`: ${clipText(check.reason, MAX_TEXT_LENGTH)}`)
  if (check.findings.length > 0) parts.push(` (${formatPlural(check.findings.length, 'finding')})`)
  return parts.join('')
}

function measureLines(checks: readonly CheckResult[], width: number): readonly Line[] {
  const rows = checks.flatMap(({ id, measures = {} }) =>
    Object.entries(measures).map(
      ([name, value], index): Line => [
        { text: index === 0 ? id : '' },
        { text: name, style: 'dim' },
        { text: clipText(formatFact(value), MAX_TEXT_LENGTH) },
      ],
    ),
  )
  return rows.length === 0 ? [] : [textLine('Measured', 'bold'), ...table(rows, { width, indent: 2 })]
}

function upgradeLines(upgrade: UpgradeResult, width: number): readonly Line[] {
  const weight =
    upgrade.weight === null ? 'unknown' : `${formatRefTime(upgrade.weight.refTimePs)} of ref_time`
  const summary = [
    `${formatDuration(upgrade.timeMs)} measured, ${weight} declared`,
    `${formatPlural(upgrade.reads, 'read')}, ${formatPlural(upgrade.writes, 'write')}`,
    `heap peak ${formatBytes(upgrade.heapPeakBytes)}`,
  ].join('; ')
  const shown = upgrade.logs.slice(0, MAX_LOG_LINES)
  const hidden = upgrade.logs.length - shown.length
  return [
    textLine(`Upgrade, block ${formatCount(upgrade.blockNumber)}`, 'bold'),
    ...paragraph(summary, { width, indent: 2 }),
    ...shown.flatMap((entry) => logLine(entry, width)),
    ...(hidden === 0 ? [] : [textLine(`  ${formatPlural(hidden, 'more log line')} in --json`, 'dim')]),
  ]
}

function logLine(entry: LogLine, width: number): readonly Line[] {
  const level = LOG_LEVELS[entry.level] ?? String(entry.level)
  const style = entry.level === 1 ? 'red' : entry.level === 2 ? 'yellow' : 'dim'
  const message = clipText(entry.message, MAX_TEXT_LENGTH)
  return table([[{ text: level.padEnd(5), style }, { text: `${entry.target}: ${message}` }]], {
    width,
    indent: 2,
  })
}

function storageLines(rows: readonly StorageDiffRow[], width: number): readonly Line[] {
  if (rows.length === 0) return [textLine('Storage', 'bold'), textLine('  The upgrade changed no storage.')]
  const shown = rows.slice(0, MAX_STORAGE_ROWS)
  const hidden = rows.length - shown.length
  const header: Line = ['pallet item', 'added', 'changed', 'removed', 'bytes before', 'after'].map(
    (text) => ({ text, style: 'dim' }),
  )
  const body = shown.map(
    (row): Line => [
      { text: row.knownTo === 'both' ? row.item : `${row.item} (${KNOWN_TO[row.knownTo]})` },
      ...[row.added, row.changed, row.removed, row.bytesBefore, row.bytesAfter].map((count) => ({
        text: formatCount(count),
      })),
    ],
  )
  return [
    textLine('Storage changed by the upgrade', 'bold'),
    ...table([header, ...body], { width, indent: 2, rightAligned: [1, 2, 3, 4, 5] }),
    ...(hidden === 0 ? [] : [textLine(`  ${formatPlural(hidden, 'more item')} in --json`, 'dim')]),
  ]
}

function blockLines(blocks: readonly BlockResult[]): readonly Line[] {
  const first = blocks[0]
  const last = blocks.at(-1)
  if (first === undefined || last === undefined) return []
  const slowest = blocks.reduce((worst, block) => (block.timeMs > worst.timeMs ? block : worst), first)
  const totalMs = blocks.reduce((sum, block) => sum + block.timeMs, 0)
  return [
    textLine('Blocks under the candidate', 'bold'),
    textLine(
      `  ${formatPlural(blocks.length, 'block')}, ${formatCount(first.number)} to ${formatCount(last.number)}`,
    ),
    textLine(
      `  mean ${formatDuration(totalMs / blocks.length)}, slowest ${formatDuration(slowest.timeMs)} (block ${formatCount(slowest.number)})`,
    ),
    textLine(`  last state root ${last.stateRoot}`, 'dim'),
  ]
}
