import type { StorageDiffRow } from './checkReport.ts'
import type { ComparedReport, ReportComparison } from './compare.ts'
import type { CheckResult } from './model/checkResult.ts'
import type { Finding } from './model/finding.ts'
import { ruleName, VERDICT_WORDS } from './summary.ts'
import type { TerminalOptions } from './terminal.ts'
import { formatFact } from './text/cells.ts'
import { clipText, paragraph, table } from './text/layout.ts'
import { formatCount, formatPlural } from './text/numbers.ts'
import { BLANK, drawLines, type Line, textLine } from './text/spans.ts'

const MAX_FINDINGS = 30
const MAX_MEASURES = 40
const MAX_ITEMS = 40
const MAX_TEXT_LENGTH = 600

const STATUS: Readonly<Record<CheckResult['status'], string>> = {
  passed: 'passed',
  review: 'review',
  failed: 'failed',
  inconclusive: 'no result',
  notApplicable: 'n/a',
}

/** What is new and what is gone from one report to the next, for a person at a terminal. Ends in a newline. */
export function renderComparison(comparison: ReportComparison, options: TerminalOptions = {}): string {
  const width = Math.max(60, options.width ?? 100)
  const { before, after, notes } = comparison
  const sections: (readonly Line[])[] = [
    table([reportRow('before', before), reportRow('after', after)], { width, indent: 0 }),
    notes.flatMap((note) =>
      paragraph(clipText(note, MAX_TEXT_LENGTH), { width, indent: 2, style: 'yellow' }),
    ),
    findingLines('New findings', comparison.newFindings, width),
    findingLines('Findings that no longer appear', comparison.goneFindings, width),
    [textLine(`${formatPlural(comparison.sameFindingCount, 'finding')} in both`, 'dim')],
    checkLines(comparison, width),
    storageLines(comparison, width),
    measureLines(comparison, width),
  ]
  const lines = sections.filter((section) => section.length > 0).flatMap((section) => [...section, BLANK])
  return drawLines(lines.slice(0, -1), options.isColored ?? false)
}

function reportRow(name: string, { verdict, runtime, findingCount }: ComparedReport): Line {
  const version =
    runtime.version === null
      ? 'unknown version'
      : `${runtime.version.specName} ${runtime.version.specVersion}`
  return [
    { text: name, style: 'dim' },
    {
      text: VERDICT_WORDS[verdict],
      style: verdict === 'ready' ? 'green' : verdict === 'notReady' ? 'red' : 'yellow',
    },
    { text: version, style: 'bold' },
    { text: formatPlural(findingCount, 'finding') },
    { text: runtime.submittedHash },
  ]
}

function findingLines(title: string, findings: readonly Finding[], width: number): readonly Line[] {
  if (findings.length === 0) return []
  const shown = findings.slice(0, MAX_FINDINGS)
  const hidden = findings.length - shown.length
  const rows = shown.map((finding): Line => {
    const level = finding.accepted === undefined ? finding.severity : 'accepted'
    return [
      { text: level, style: level === 'error' ? 'red' : 'dim' },
      { text: ruleName(finding) },
      { text: clipText(finding.title, MAX_TEXT_LENGTH) },
    ]
  })
  return [
    textLine(`${title} (${formatCount(findings.length)})`, 'bold'),
    ...table(rows, { width, indent: 2 }),
    ...(hidden === 0 ? [] : [textLine(`  ${formatPlural(hidden, 'more finding')} in --json`, 'dim')]),
  ]
}

function checkLines({ checks }: ReportComparison, width: number): readonly Line[] {
  if (checks.length === 0) return []
  const word = (status: CheckResult['status'] | null) => (status === null ? 'not requested' : STATUS[status])
  const rows = checks.map(
    ({ id, before, after }): Line => [{ text: id }, { text: `${word(before)} -> ${word(after)}` }],
  )
  return [textLine('Checks with a different result', 'bold'), ...table(rows, { width, indent: 2 })]
}

function storageLines({ storage }: ReportComparison, width: number): readonly Line[] {
  if (storage.length === 0) return []
  const shown = storage.slice(0, MAX_ITEMS)
  const hidden = storage.length - shown.length
  const rows = shown.map(
    ({ item, before, after }): Line => [
      { text: clipText(item, MAX_TEXT_LENGTH) },
      { text: `${changeWords(before)} -> ${changeWords(after)}` },
    ],
  )
  return [
    textLine('Storage changes that differ', 'bold'),
    ...table(rows, { width, indent: 2 }),
    ...(hidden === 0 ? [] : [textLine(`  ${formatPlural(hidden, 'more item')} in --json`, 'dim')]),
  ]
}

function changeWords(row: StorageDiffRow | null): string {
  if (row === null) return 'nothing'
  const counts = [
    [row.added, 'added'],
    [row.changed, 'changed'],
    [row.removed, 'removed'],
  ] as const
  const words = counts.flatMap(([count, word]) => (count === 0 ? [] : [`${formatCount(count)} ${word}`]))
  const bytes = row.bytesAfter - row.bytesBefore
  if (bytes !== 0) words.push(`${bytes < 0 ? '-' : '+'}${formatCount(Math.abs(bytes))} bytes`)
  return words.join(', ')
}

function measureLines({ measures }: ReportComparison, width: number): readonly Line[] {
  if (measures.length === 0) return []
  const shown = measures.slice(0, MAX_MEASURES)
  const hidden = measures.length - shown.length
  const rows = shown.map(
    ({ check, name, before, after }): Line => [
      { text: check },
      { text: name, style: 'dim' },
      { text: `${formatFact(before)} -> ${formatFact(after)}` },
    ],
  )
  return [
    textLine('Measurements that differ', 'bold'),
    ...table(rows, { width, indent: 2 }),
    ...(hidden === 0 ? [] : [textLine(`  ${formatPlural(hidden, 'more value')} in --json`, 'dim')]),
  ]
}
