import type { CheckReport } from '../checkReport.ts'
import { checksSentence, countedFindings, nextSteps, unownedFindings, VERDICT_WORDS } from '../summary.ts'
import { formatCount } from '../text/numbers.ts'
import type { FindingAnchors } from './findingsSection.ts'
import { EMPTY, html, type Markup } from './markup.ts'
import { verdictClass, verdictMark } from './parts.ts'

const MAX_REASONS = 5
const MAX_TITLE_LENGTH = 220

/** The verdict as one would say it, why, and what to do next. */
export function verdictSection(report: CheckReport, anchors: FindingAnchors): Markup {
  const { runtime, fork } = report.inputs
  const { from, version } = runtime
  const next = version === null ? 'an unknown version' : String(version.specVersion)
  const renamed =
    version === null || version.specName === from.specName ? '' : `${shorten(version.specName)} `
  return html`<div class="verdict ${verdictClass(report.verdict)}" id="verdict">
<h1>${verdictMark(report.verdict)}<span>${VERDICT_WORDS[report.verdict]}</span></h1>
<p class="lead">${shorten(from.specName)} ${from.specVersion} → ${renamed}${next}, tried on ${shorten(fork.network)} at block ${formatCount(fork.blockNumber)}. ${checksSentence(report)}</p>
${reasons(report, anchors)}
<h2>What to do next</h2><ul>${nextSteps(report).map((step) => html`<li>${step}</li>`)}</ul></div>`
}

function reasons(report: CheckReport, anchors: FindingAnchors): Markup {
  const findings = [...countedFindings(report), ...unownedFindings(report)]
  const open = report.checks.filter(({ status }) => status === 'inconclusive')
  if (findings.length + open.length === 0) return EMPTY
  const shown = findings.slice(0, MAX_REASONS)
  const left = Math.max(0, MAX_REASONS - shown.length)
  const hidden = findings.length - shown.length + Math.max(0, open.length - left)
  return html`<h2>Why</h2><ul>
${shown.map((finding) => {
  const title = shorten(finding.title)
  const anchor = anchors.get(finding)
  return html`<li>${anchor === undefined ? title : html`<a href="#${anchor}">${title}</a>`}</li>`
})}
${open
  .slice(0, left)
  .map(({ id, reason }) => html`<li>${id} has no result: ${shorten(reason ?? 'no reason given')}</li>`)}
${hidden > 0 ? html`<li>and ${formatCount(hidden)} more below</li>` : EMPTY}</ul>`
}

/** What is cut off here stands in full further down. */
function shorten(text: string): string {
  return text.length <= MAX_TITLE_LENGTH ? text : `${text.slice(0, MAX_TITLE_LENGTH)} …`
}
