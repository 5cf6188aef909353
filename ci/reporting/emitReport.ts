import type { CheckReport } from '../../reports/index.ts'
import { type CliIo, layoutWidth, wantsColor } from '../cli/io.ts'
import { REPORT_FILES, type Reporter } from './reporterNames.ts'
import { renderWith } from './reporters.ts'
import { writeReportFiles } from './writeReportFiles.ts'

export interface ReportOutput {
  /** Folder to write files into; null for none. */
  readonly folder: string | null
  /** As the user picked them; null when they did not. */
  readonly reporters: readonly Reporter[] | null
  /** `--json`: the report as JSON is all that goes to stdout. */
  readonly isJson: boolean
}

/**
 * Gives a report out as asked for. Without a folder, all picked reporters go to stdout in their order, or the terminal's. With
 * one, those that have a file are written there, or all when none of them was picked, and the others go to stdout. Throws as
 * `writeReportFiles`.
 */
export function emitReport(report: CheckReport, output: ReportOutput, io: CliIo): void {
  const { folder, reporters, isJson } = output
  const picked = reporters ?? ['terminal']
  const files = picked.filter((reporter) => REPORT_FILES.has(reporter))
  if (folder !== null) {
    writeReportFiles(folder, report, files.length > 0 ? files : [...REPORT_FILES.keys()])
  }
  const printed = folder === null ? picked : picked.filter((reporter) => !REPORT_FILES.has(reporter))
  const layout = { width: layoutWidth(io.stdout), isColored: wantsColor(io.stdout, io.env) }
  for (const reporter of isJson ? (['json'] as const) : printed) {
    io.stdout.write(renderWith(reporter, report, layout))
  }
}
