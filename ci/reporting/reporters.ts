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

/** The report as one reporter has it. */
export function renderWith(reporter: Reporter, report: CheckReport, layout: TerminalOptions): string {
  switch (reporter) {
    case 'terminal':
      return renderTerminal(report, layout)
    case 'github':
      return renderTerminal(report, layout) + renderAnnotations(report)
    case 'json':
      return renderJson(report)
    case 'html':
      return renderHtml(report)
    case 'markdown':
      return renderMarkdown(report)
    case 'comment':
      return renderComment(report)
    case 'junit':
      return renderJunit(report)
    case 'sarif':
      return renderSarif(report)
  }
}
