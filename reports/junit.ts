import { toSafeText } from '../harness/base/safeText.ts'
import type { CheckReport } from './checkReport.ts'
import type { CheckResult } from './model/checkResult.ts'
import { type Finding, isCounted } from './model/finding.ts'
import { countChecks, ruleName } from './summary.ts'
import { formatFact } from './text/cells.ts'
import { toInertLine } from './text/inertLine.ts'
import { formatPlural } from './text/numbers.ts'

const MAX_FAILURES = 50
const MAX_EVIDENCE_LINES = 40
const MAX_TEXT_LENGTH = 2_000

/**
 * JUnit XML as Jenkins' schema has it: one test case a check. A finding that counts is a failure, no result an error, a check
 * that does not apply skipped; all else is the case's output. GitLab shows `classname` only, so network and block are in it.
 */
export function renderJunit(report: CheckReport): string {
  const { fork } = report.inputs
  const counts = countChecks(report)
  const classname = `drydock.${fork.network.replaceAll('.', '_')}.${fork.blockNumber}`
  const name = `Drydock: ${fork.network} at block ${fork.blockNumber}`
  const tallies = `tests="${counts.requested}" failures="${counts.failed}" errors="${counts.inconclusive}"`
  const start = report.startedAt === undefined ? '' : ` timestamp=${attribute(report.startedAt)}`
  const lines = [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites name="drydock" ${tallies} time="${seconds(report.durationMs)}">`,
    `<testsuite name=${attribute(name)} ${tallies} skipped="${counts.notApplicable}" time="${seconds(report.durationMs)}"${start}>`,
    properties(report),
    ...report.checks.map((check) => testCase(check, classname)),
    '</testsuite>',
    '</testsuites>',
  ]
  return `${lines.join('\n')}\n`
}

function properties(report: CheckReport): string {
  const { runtime, fork } = report.inputs
  const rows: readonly (readonly [string, string])[] = [
    ['verdict', report.verdict],
    ['tool', `${report.tool.name} ${report.tool.version}`],
    ['runtime', runtime.source],
    ['blake2-256', runtime.submittedHash],
    ['stateRoot', fork.stateRoot],
    ...(report.notRequested ?? []).map(({ id, why }) => ['notRequested', `${id} (${why})`] as const),
  ]
  const lines = rows.map(([name, value]) => `<property name=${attribute(name)} value=${attribute(value)}/>`)
  return ['<properties>', ...lines, '</properties>'].join('\n')
}

function testCase(check: CheckResult, classname: string): string {
  const name = `${check.id}: ${check.title}`
  const start = `<testcase classname=${attribute(classname)} name=${attribute(name)} time="${seconds(check.durationMs)}">`
  const body = [...outcome(check), ...output(check)]
  return body.length === 0 ? start.replace(/>$/, '/>') : [start, ...body, '</testcase>'].join('\n')
}

function outcome(check: CheckResult): readonly string[] {
  const reason = check.reason ?? 'no reason given'
  if (check.status === 'notApplicable') return [`<skipped>${content(reason)}</skipped>`]
  if (check.status === 'inconclusive') {
    return [`<error type="inconclusive" message=${attribute(reason)}>${content(reason)}</error>`]
  }
  const counted = check.findings.filter(isCounted)
  const shown = counted.slice(0, MAX_FAILURES)
  const failures = shown.map(
    (finding) =>
      `<failure type=${attribute(ruleName(finding))} message=${attribute(finding.title)}>${findingText(finding)}</failure>`,
  )
  const hidden = counted.length - shown.length
  if (hidden === 0) return failures
  const note = `${formatPlural(hidden, 'more finding')} in report.json`
  return [...failures, `<failure type="more" message=${attribute(note)}/>`]
}

/** Findings that do not count. */
function output(check: CheckResult): readonly string[] {
  const others = check.findings.filter((finding) => !isCounted(finding))
  if (others.length === 0) return []
  const shown = others.slice(0, MAX_FAILURES).map((finding) => {
    const level =
      finding.accepted === undefined ? finding.severity : `accepted until ${finding.accepted.until}`
    return content(`${level} ${ruleName(finding)}: ${finding.title}`)
  })
  const hidden = others.length - shown.length
  const more = hidden > 0 ? [`${formatPlural(hidden, 'more finding')} in report.json`] : []
  return [`<system-out>${[...shown, ...more].join('\n')}</system-out>`]
}

function findingText(finding: Finding): string {
  const facts = Object.entries(finding.facts).map(([name, value]) => `${name}: ${formatFact(value)}`)
  const evidence = finding.evidence.slice(0, MAX_EVIDENCE_LINES)
  const hidden = finding.evidence.length - evidence.length
  const more = hidden > 0 ? [`${formatPlural(hidden, 'more line')} in report.json`] : []
  return [
    finding.title,
    `subject: ${finding.subject}`,
    ...facts,
    ...evidence,
    ...more,
    `reproduce: ${finding.reproduce}`,
  ]
    .map(content)
    .join('\n')
}

/** A line of an element's text. */
function content(text: string): string {
  const clipped = text.length > MAX_TEXT_LENGTH ? `${text.slice(0, MAX_TEXT_LENGTH)} …` : text
  // Noncharacters are not control characters, and XML 1.0 does not allow two of them either.
  const plain = toInertLine(toSafeText(clipped)).replace(/[\ufffe\uffff]/g, '\ufffd')
  return plain.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;').replace(/"/g, '&quot;')
}

function attribute(text: string): string {
  return `"${content(text)}"`
}

function seconds(durationMs: number): string {
  return (durationMs / 1_000).toFixed(3)
}
