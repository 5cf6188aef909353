import type { CheckReport, NotRequested } from '../checkReport.ts'
import type { CheckResult } from '../model/checkResult.ts'
import { countChecks } from '../summary.ts'
import { formatCount, formatDuration } from '../text/numbers.ts'
import { clip, EMPTY, html, type Markup } from './markup.ts'
import { type BadgeName, type Section, statusBadge, table } from './parts.ts'

const MAX_REASON_LENGTH = 600
const MAX_NAME_LENGTH = 200

/** What was asked for, what ran, what came of it; and what was not asked for. */
export function checksSection(report: CheckReport): Section {
  const counts = countChecks(report)
  const tally: readonly (readonly [BadgeName, number])[] = [
    ['passed', counts.passed],
    ['review', counts.review],
    ['failed', counts.failed],
    ['inconclusive', counts.inconclusive],
    ['notApplicable', counts.notApplicable],
    ['notRequested', counts.notRequested],
  ]
  const ran = counts.passed + counts.review + counts.failed
  const body = html`<ul class="tally"><li><b>${counts.requested}</b>requested</li><li><b>${ran}</b>ran</li>
${tally.filter(([, count]) => count > 0).map(([name, count]) => html`<li class="m-${name}"><b>${count}</b>${statusBadge(name)}</li>`)}</ul>
${report.checks.length === 0 ? html`<p>No check ran.</p>` : checkTable(report.checks)}
${notRequested(report.notRequested ?? [])}`
  return { id: 'checks', title: 'Checks', count: String(counts.requested), body }
}

function checkTable(checks: readonly CheckResult[]): Markup {
  return table({
    caption: 'Requested checks',
    hidesCaption: true,
    columns: [
      { name: 'check', wordLength: 17 },
      { name: 'result' },
      { name: 'findings', isNumber: true },
      { name: 'time', isNumber: true },
    ],
    rows: checks.map((check) => [
      checkName(check),
      statusBadge(check.status),
      check.findings.length === 0 ? '–' : formatCount(check.findings.length),
      formatDuration(check.durationMs),
    ]),
  })
}

function checkName({ id, title, reason }: CheckResult): Markup {
  return html`${clip(title, MAX_NAME_LENGTH)} <code class="id">${clip(id, MAX_NAME_LENGTH)}</code>${
    reason === undefined ? EMPTY : html`<span class="what why">${clip(reason, MAX_REASON_LENGTH)}</span>`
  }`
}

function notRequested(checks: readonly NotRequested[]): Markup {
  if (checks.length === 0) return EMPTY
  return html`<details><summary>Not part of this run (${checks.length})</summary>${table({
    caption: 'Checks of the catalog that were not requested',
    columns: [{ name: 'check' }, { name: 'why' }],
    rows: checks.map(({ id, why }) => [
      html`<code>${clip(id, MAX_NAME_LENGTH)}</code>`,
      clip(why, MAX_NAME_LENGTH),
    ]),
  })}</details>`
}
