import type { CheckReport } from '../checkReport.ts'
import { groupBy } from '../groupBy.ts'
import type { Finding } from '../model/finding.ts'
import { orderedFindings, ruleName } from '../summary.ts'
import { formatFact } from '../text/cells.ts'
import { formatCount, formatPlural } from '../text/numbers.ts'
import { clip, EMPTY, html, type Markup } from './markup.ts'
import { type BadgeName, definitions, type Section, statusBadge, table } from './parts.ts'

/** Where on the page a finding is; those that only the JSON has are not in it. */
export type FindingAnchors = ReadonlyMap<Finding, string>

const MAX_FINDINGS = 200
const MAX_FINDINGS_PER_CHECK = 100
/** Of markup, for all findings together. */
const MAX_TOTAL_LENGTH = 600_000
const MAX_EVIDENCE_LINES = 60
const MAX_LINE_LENGTH = 600
const MAX_TEXT_LENGTH = 1_500
/** The first ones show their evidence at once. */
const OPEN_FINDINGS = 5
const MAX_RULES = 200

/** A page's findings, chosen so that those that count come first and one check can't crowd out the others. */
export interface ShownFindings {
  readonly anchors: FindingAnchors
  readonly section: Section | null
}

export function findingsSection(report: CheckReport): ShownFindings {
  const all = orderedFindings(report)
  if (all.length === 0) return { anchors: new Map(), section: null }
  const cards = drawCards(all)
  const anchors = new Map([...cards.keys()].map((finding, index) => [finding, anchorOf(index)]))
  const groups = groupBy(cards.keys(), (finding) => finding.check)
  const titles = new Map(report.checks.map(({ id, title }) => [id, title]))
  const hidden = all.length - cards.size
  const body = html`${all.length > 1 ? ruleTable(all) : EMPTY}
${hidden > 0 ? html`<p>${formatCount(cards.size)} of ${formatPlural(all.length, 'finding')} are shown here, those that count first; report.json has the rest.</p>` : EMPTY}
${[...groups].map(
  ([
    check,
    findings,
  ]) => html`<h3>${clip(titles.get(check) ?? check, 200)} <code class="id">${check}</code></h3>
${findings.map((finding) => cards.get(finding))}`,
)}`
  return { anchors, section: { id: 'findings', title: 'Findings', count: formatCount(all.length), body } }
}

function anchorOf(index: number): string {
  return `finding-${index + 1}`
}

function drawCards(all: readonly Finding[]): ReadonlyMap<Finding, Markup> {
  const cards = new Map<Finding, Markup>()
  const perCheck = new Map<string, number>()
  let length = 0
  for (const finding of all) {
    const used = perCheck.get(finding.check) ?? 0
    if (used >= MAX_FINDINGS_PER_CHECK) continue
    const drawn = card(finding, cards.size)
    if (cards.size >= MAX_FINDINGS || length + drawn.text.length > MAX_TOTAL_LENGTH) break
    perCheck.set(finding.check, used + 1)
    length += drawn.text.length
    cards.set(finding, drawn)
  }
  return cards
}

function card(finding: Finding, index: number): Markup {
  const name: BadgeName = finding.accepted === undefined ? finding.severity : 'accepted'
  const { accepted } = finding
  return html`<article class="finding m-${name}" id="${anchorOf(index)}">
<div class="meta">${statusBadge(name)}<code>${ruleName(finding)}</code><code>${clip(finding.subject, MAX_TEXT_LENGTH)}</code></div>
<h4>${clip(finding.title, MAX_TEXT_LENGTH)}</h4>
${accepted === undefined ? EMPTY : html`<p>Accepted until ${accepted.until}; it does not count: ${clip(accepted.reason, MAX_TEXT_LENGTH)}</p>`}
${factList(finding)}${evidence(finding, index < OPEN_FINDINGS)}
<p class="label">Reproduce</p><pre><code>${clip(finding.reproduce, MAX_TEXT_LENGTH)}</code></pre></article>
`
}

function factList({ facts }: Finding): Markup {
  const rows = Object.entries(facts).map(
    ([name, value]) => [clip(name, 100), clip(formatFact(value), MAX_TEXT_LENGTH)] as const,
  )
  return rows.length === 0 ? EMPTY : definitions(rows)
}

function evidence({ evidence: lines }: Finding, isOpen: boolean): Markup {
  if (lines.length === 0) return EMPTY
  const shown = lines.slice(0, MAX_EVIDENCE_LINES)
  const hidden = lines.length - shown.length
  const more = hidden > 0 ? [`… ${formatPlural(hidden, 'more line')} in report.json`] : []
  const text = [...shown.map((line) => clip(line, MAX_LINE_LENGTH)), ...more]
  return html`<details${isOpen ? html` open` : EMPTY}><summary>Evidence (${formatPlural(lines.length, 'line')})</summary>
<pre><code>${text.map((line, index) => (index === 0 ? line : html`\n${line}`))}</code></pre></details>`
}

/** All findings in a few rows, also of those that are not shown. */
function ruleTable(all: readonly Finding[]): Markup {
  const groups = groupBy(
    all,
    (finding) => `${finding.accepted === undefined ? finding.severity : 'accepted'} ${ruleName(finding)}`,
  )
  const rows = [...groups.values()].slice(0, MAX_RULES).flatMap((findings) => {
    const [first] = findings
    if (first === undefined) return []
    const name: BadgeName = first.accepted === undefined ? first.severity : 'accepted'
    return [
      [html`<code>${clip(ruleName(first), 200)}</code>`, statusBadge(name), formatCount(findings.length)],
    ]
  })
  return table({
    caption: 'Findings by rule',
    columns: [{ name: 'rule' }, { name: 'severity' }, { name: 'findings', isNumber: true }],
    rows,
  })
}
