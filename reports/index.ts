/** Result schema and one renderer per format. */
export {
  type BlockResult,
  type CheckReport,
  type CheckResult,
  checksToVerdict,
  type ForkInput,
  type LogLine,
  type NotRequested,
  REPORT_SCHEMA_VERSION,
  type ReportInputs,
  type RuntimeInput,
  type RuntimeVersionNumbers,
  type StorageDiffRow,
  type UpgradeResult,
  type Weight,
} from './checkReport.ts'
export { renderInspection } from './inspectionTerminal.ts'
export { renderJson } from './json.ts'
export type {
  FloatInstructions,
  InspectedImport,
  InspectedMemory,
  ProposalHash,
  RuntimeApi,
  RuntimeInspection,
} from './runtimeInspection.ts'
export { renderTerminal, type TerminalOptions } from './terminal.ts'
export { drawLines, type Line, type Span, type Style } from './text/spans.ts'
