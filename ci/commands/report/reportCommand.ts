import {
  compareReports,
  isRegression,
  mergeReports,
  renderComparison,
  renderJson,
} from '../../../reports/index.ts'
import { EXIT_CODE, type ExitCode, verdictToExitCode } from '../../cli/exitCode.ts'
import { type CliIo, layoutWidth, wantsColor } from '../../cli/io.ts'
import { emitReport, type ReportOutput } from '../../reporting/emitReport.ts'
import { readReportFile } from './readReportFile.ts'

/** `drydock report DIR`: gives out a report again, in other formats. Throws as `readReportFile` and `emitReport`. */
export function reportCommand(path: string, output: ReportOutput, io: CliIo): ExitCode {
  emitReport(readReportFile(path), output, io)
  return EXIT_CODE.ready
}

/**
 * `drydock report merge`: the shards of a run as one report, with the exit code of its verdict. Throws as `readReportFile`,
 * `mergeReports` and `emitReport`.
 */
export function reportMergeCommand(paths: readonly string[], output: ReportOutput, io: CliIo): ExitCode {
  const report = mergeReports(paths.map((path) => ({ name: path, report: readReportFile(path) })))
  emitReport(report, output, io)
  return verdictToExitCode(report.verdict)
}

export interface ReportDiffOptions {
  readonly beforePath: string
  readonly afterPath: string
  readonly isJson: boolean
}

/**
 * `drydock report diff`: what the second of two reports has that the first has not. Its exit code is that of a failed check when
 * there is a new finding that counts, or a result less. Throws as `readReportFile`.
 */
export function reportDiffCommand({ beforePath, afterPath, isJson }: ReportDiffOptions, io: CliIo): ExitCode {
  const comparison = compareReports(readReportFile(beforePath), readReportFile(afterPath))
  const layout = { width: layoutWidth(io.stdout), isColored: wantsColor(io.stdout, io.env) }
  io.stdout.write(isJson ? renderJson(comparison) : renderComparison(comparison, layout))
  return isRegression(comparison) ? EXIT_CODE.notReady : EXIT_CODE.ready
}
