/** Result schema and one renderer per format. */
export { renderAnnotations } from './annotations.ts'
export {
  type BlockResult,
  type CheckReport,
  type ForkInput,
  type LogLine,
  type Machine,
  type NotRequested,
  type ProposalCall,
  REPORT_SCHEMA_VERSION,
  type ReportInputs,
  type RunSettings,
  type RuntimeInput,
  type RuntimeVersionNumbers,
  type Shard,
  type StorageDiffRow,
  type UpgradeResult,
  type Weight,
} from './checkReport.ts'
export { compareReports, isRegression, type ReportComparison } from './compare.ts'
export { renderComparison } from './comparisonTerminal.ts'
export { renderHtml } from './html/renderHtml.ts'
export { renderInspection } from './inspectionTerminal.ts'
export { renderJson } from './json.ts'
export { renderJunit } from './junit.ts'
export { type MarkdownOptions, renderComment, renderMarkdown } from './markdown.ts'
export { mergeReports, type NamedReport } from './merge.ts'
export type { CheckResult } from './model/checkResult.ts'
export { checksToVerdict } from './model/verdict.ts'
export { MAX_REPORT_BYTES, parseReport, reportTooLarge } from './parseReport.ts'
export type {
  FloatInstructions,
  InspectedImport,
  InspectedMemory,
  ProposalHash,
  RuntimeApi,
  RuntimeInspection,
} from './runtimeInspection.ts'
export { renderSarif } from './sarif.ts'
export { renderTerminal, type TerminalOptions } from './terminal.ts'
export { drawLines, type Line, type Span, type Style } from './text/spans.ts'
