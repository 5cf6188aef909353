import { type Command, InvalidArgumentError } from 'commander'
import { nameList } from '../cli/optionParsers.ts'
import type { ReportOutput } from './emitReport.ts'
import { REPORTERS, type Reporter } from './reporterNames.ts'

/** The flags that say where a report goes. */
export interface ReportOutputFlags {
  readonly out?: string
  readonly reporter?: readonly Reporter[]
  readonly json?: true
}

/** Adds `--out`, `--reporter` and `--json`. */
export function addReportOutput(command: Command): void {
  command
    .option(
      '--out <dir>',
      'write the report to a folder: report.json, .html, .md, .sarif, comment.md, junit.xml',
    )
    .option('--reporter <names>', `only these, separated by commas: ${REPORTERS.join(', ')}`, reporterList)
    .option('--json', 'print the whole report as JSON')
}

export function toReportOutput({ out, reporter, json }: ReportOutputFlags): ReportOutput {
  return { folder: out ?? null, reporters: reporter ?? null, isJson: json === true }
}

function reporterList(text: string): readonly Reporter[] {
  return nameList(text).map((name) => {
    const known = REPORTERS.find((one) => one === name)
    if (known !== undefined) return known
    throw new InvalidArgumentError(`Expected some of ${REPORTERS.join(', ')}.`)
  })
}
