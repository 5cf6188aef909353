import type { CheckReport } from '../checkReport.ts'
import { VERDICT_WORDS } from '../summary.ts'
import { formatCount, formatTime } from '../text/numbers.ts'
import { blocksSection } from './blocksSection.ts'
import { checksSection } from './checksSection.ts'
import { findingsSection } from './findingsSection.ts'
import { identitySection, proposalSection } from './identitySection.ts'
import { clip, EMPTY, html, Markup } from './markup.ts'
import { measuresSection, notesSection } from './notesSection.ts'
import { ICON_SHEET, type Section } from './parts.ts'
import { ReportTables } from './reportTables.ts'
import { STYLE } from './style.ts'
import { metadataSection, storageSection, upgradeSection } from './upgradeSections.ts'
import { verdictSection } from './verdictSection.ts'

/** Nothing may load or run, whatever a text might smuggle in: only this page's own style counts. */
const POLICY =
  "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'"

/**
 * The report as one page: no script, no request, all texts escaped. At most a few hundred findings and rows are drawn, so that
 * it stays small; what is only in the JSON is counted.
 */
export function renderHtml(report: CheckReport): string {
  const { inputs, tool } = report
  const { from, version } = inputs.runtime
  const step = `${from.specName} ${from.specVersion} → ${version?.specVersion ?? 'unknown'}`
  const { anchors, sections } = pageSections(report)
  const page = html`<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta http-equiv="Content-Security-Policy" content="${new Markup(POLICY)}">
<meta name="viewport" content="width=device-width,initial-scale=1"><meta name="referrer" content="no-referrer">
<meta name="color-scheme" content="light dark"><link rel="icon" href="data:,">
<title>${VERDICT_WORDS[report.verdict]}: ${clip(step, 120)} on ${clip(inputs.fork.network, 60)}</title>
<style>${new Markup(STYLE)}</style></head>
<body><a class="skip" href="#main">Skip to the verdict</a>${ICON_SHEET}
<header class="wrap top"><span><strong>Drydock</strong> upgrade readiness report</span><span>${clip(inputs.fork.network, 120)}, block ${formatCount(inputs.fork.blockNumber)}${report.startedAt === undefined ? EMPTY : html`, ${formatTime(report.startedAt)}`}</span></header>
<main class="wrap" id="main">${verdictSection(report, anchors)}
<nav aria-label="Sections"><ul>${sections.map(tocEntry)}</ul></nav>
${sections.map(drawSection)}</main>
<footer class="wrap">Made by ${clip(`${tool.name} ${tool.version}`, 100)} from report.json (schema version ${report.schemaVersion}), which has the full data. Times depend on the machine that measured them; weights and counts do not.</footer>
</body></html>
`
  return page.text
}

function pageSections(report: CheckReport) {
  const tables = new ReportTables(report)
  const { anchors, section: findings } = findingsSection(report)
  const sections = [
    findings,
    checksSection(report),
    proposalSection(report, tables),
    identitySection(report),
    upgradeSection(report, tables),
    metadataSection(tables),
    storageSection(report),
    blocksSection(report, tables),
    otherTables(tables),
    notesSection(report),
    measuresSection(report),
  ].filter((section) => section !== null)
  return { anchors, sections }
}

function otherTables(tables: ReportTables): Section | null {
  const rest = tables.takeRest()
  if (rest.length === 0) return null
  return {
    id: 'tables',
    title: 'Details by check',
    body: html`${rest.map((data) => tables.drawFolded(data))}`,
  }
}

function tocEntry({ id, title, count }: Section): Markup {
  return html`<li><a href="#${id}">${title}</a>${count === undefined ? EMPTY : html` <span class="count">${count}</span>`}</li>`
}

function drawSection({ id, title, body }: Section): Markup {
  return html`<section id="${id}" aria-labelledby="h-${id}"><h2 id="h-${id}">${title}</h2>
${body}</section>
`
}
