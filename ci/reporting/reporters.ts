import {
  type CheckReport,
  renderAnnotations,
  renderComment,
  renderHtml,
  renderJson,
  renderJunit,
  renderMarkdown,
  renderSarif,
  renderTerminal,
  type TerminalOptions,
} from '../../reports/index.ts'
import type { Reporter } from './reporterNames.ts'

type Render = (report: CheckReport, layout: TerminalOptions) => string

const RENDERERS: Readonly<Record<Reporter, Render>> = {
  terminal: renderTerminal,
  github: (report, layout) => renderTerminal(report, layout) + renderAnnotations(report),
  html: renderHtml,
  markdown: (report) => renderMarkdown(report),
  comment: renderComment,
  junit: renderJunit,
  sarif: renderSarif,
  json: renderJson,
}

/** The report as one reporter has it. */
export function renderWith(reporter: Reporter, report: CheckReport, layout: TerminalOptions): string {
  return RENDERERS[reporter](report, layout)
}
