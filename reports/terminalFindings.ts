import type { CheckResult } from './model/checkResult.ts'
import type { Facts, Finding, Severity } from './model/finding.ts'
import { ruleName } from './summary.ts'
import { clipText, paragraph, table } from './text/layout.ts'
import { formatPlural } from './text/numbers.ts'
import { BLANK, type Line, type Style, textLine } from './text/spans.ts'

const MAX_FINDINGS_PER_CHECK = 10
const MAX_EVIDENCE_LINES = 24
const MAX_TEXT_LENGTH = 1_000

const SEVERITY: Readonly<Record<Severity, Style>> = {
  error: 'red',
  review: 'yellow',
  warning: 'yellow',
  info: 'dim',
}

/** The findings of one check, for a terminal; long lists are cut with a note. */
export function findingLines(check: CheckResult, width: number): readonly Line[] {
  if (check.findings.length === 0) return []
  const shown = check.findings.slice(0, MAX_FINDINGS_PER_CHECK)
  const hidden = check.findings.length - shown.length
  const blocks = shown.map((finding) => oneFinding(finding, width))
  const lines = blocks.flatMap((block, index) => (index === 0 ? block : [BLANK, ...block]))
  const more =
    hidden === 0
      ? []
      : [BLANK, textLine(`  ${formatPlural(hidden, 'more finding')} of ${check.id} in --json`, 'dim')]
  return [...lines, ...more]
}

function oneFinding(finding: Finding, width: number): readonly Line[] {
  const head: Line = [
    { text: finding.severity, style: SEVERITY[finding.severity] },
    { text: `  ${ruleName(finding)}`, style: 'bold' },
    { text: `  ${clipText(finding.subject, MAX_TEXT_LENGTH)}`, style: 'dim' },
  ]
  const { accepted } = finding
  const shown = finding.evidence.slice(0, MAX_EVIDENCE_LINES)
  const hidden = finding.evidence.length - shown.length
  return [
    head,
    ...paragraph(clipText(finding.title, MAX_TEXT_LENGTH), { width, indent: 2 }),
    ...(accepted === undefined
      ? []
      : paragraph(`accepted until ${accepted.until}: ${clipText(accepted.reason, MAX_TEXT_LENGTH)}`, {
          width,
          indent: 2,
          style: 'green',
        })),
    ...factLines(finding.facts, width),
    ...shown.map((text): Line => [{ text: '    ' }, { text: clipText(text, MAX_TEXT_LENGTH), style: 'dim' }]),
    ...(hidden === 0 ? [] : [textLine(`    ${formatPlural(hidden, 'more line')} in --json`, 'dim')]),
    [{ text: '  reproduce: ', style: 'bold' }, { text: finding.reproduce }],
  ]
}

function factLines(facts: Facts, width: number): readonly Line[] {
  const rows = Object.entries(facts).map(
    ([name, value]): Line => [
      { text: name, style: 'dim' },
      { text: clipText(String(value), MAX_TEXT_LENGTH) },
    ],
  )
  return table(rows, { width, indent: 4 })
}
