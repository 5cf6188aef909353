import { toSafeText } from '../harness/base/safeText.ts'
import type { CheckReport } from './checkReport.ts'
import { type Finding, isCounted } from './model/finding.ts'
import { orderedFindings, ruleName, rustLocation } from './summary.ts'
import { toInertRest } from './text/inertLine.ts'
import { formatPlural } from './text/numbers.ts'

/** GitHub shows ten annotations of a kind for each step and drops the others without a word. */
const MAX_ANNOTATIONS = 10
const MAX_TEXT_LENGTH = 1_000

/**
 * Workflow commands that GitHub shows beside the code: what kept checks from a result, the findings that count, and warnings,
 * ten together; a line says how many more the report has.
 */
export function renderAnnotations(report: CheckReport): string {
  const open = report.checks.flatMap(({ id, title, status, reason }) =>
    status === 'inconclusive'
      ? [command('error', `${id} has no result`, `${title}: ${reason ?? 'no reason given'}`)]
      : [],
  )
  const findings = orderedFindings(report).filter(
    (finding) => finding.severity !== 'info' && finding.accepted === undefined,
  )
  const all = [
    ...findings.filter(isCounted).map(annotation),
    ...open,
    ...findings.filter((one) => !isCounted(one)).map(annotation),
  ]
  const shown = all.slice(0, MAX_ANNOTATIONS)
  const hidden = all.length - shown.length
  const more =
    hidden > 0 ? [command('notice', 'Drydock', `${formatPlural(hidden, 'more finding')} in the report`)] : []
  return [...shown, ...more].map((line) => `${line}\n`).join('')
}

function annotation(finding: Finding): string {
  const level = finding.severity === 'error' ? 'error' : 'warning'
  const location = rustLocation(finding)
  return command(level, ruleName(finding), `${finding.title} (reproduce: ${finding.reproduce})`, location)
}

function command(
  level: 'error' | 'warning' | 'notice',
  title: string,
  message: string,
  location: ReturnType<typeof rustLocation> = null,
): string {
  const place =
    location === null
      ? []
      : [
          `file=${property(location.file)}`,
          `line=${location.line}`,
          ...(location.column === null ? [] : [`col=${location.column}`]),
        ]
  return `::${level} ${[...place, `title=${property(title)}`].join(',')}::${data(message)}`
}

/** As the runner reads it (actions/runner, `ActionCommand.cs`). */
function data(text: string): string {
  const clipped = text.length > MAX_TEXT_LENGTH ? `${text.slice(0, MAX_TEXT_LENGTH)} …` : text
  const plain = toInertRest(toSafeText(clipped))
  return plain.replace(/%/g, '%25').replace(/\r/g, '%0D').replace(/\n/g, '%0A')
}

function property(text: string): string {
  return data(text).replace(/:/g, '%3A').replace(/,/g, '%2C')
}
