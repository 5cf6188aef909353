import { type Command, InvalidArgumentError } from 'commander'
import type { ExitCode } from '../../cli/exitCode.ts'
import type { CliIo } from '../../cli/io.ts'
import { nameList } from '../../cli/optionParsers.ts'
import type { ReportOutput } from '../../reporting/emitReport.ts'
import { REPORTERS, type Reporter } from '../../reporting/reporterNames.ts'

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

/** `drydock report`, with its subcommands. */
export function addReport(program: Command, io: CliIo, done: (code: ExitCode) => void): void {
  const report = program
    .command('report')
    .description('give out a report again in other formats; join the shards of a run; compare two candidates')
    .argument('[dir]', 'folder that drydock check --out wrote, or its report.json')
  addReportOutput(report)
  report.action(async (path: string | undefined, flags: ReportOutputFlags, invoked: Command) => {
    const { reportCommand } = await import('./reportCommand.ts')
    const given = path ?? invoked.error("error: missing required argument 'dir'")
    done(reportCommand(given, toReportOutput(flags), io))
  })
  addMerge(report, io, done)
  addDiff(report, io, done)
}

/** Commander gives an option that a command and its subcommand both know to the command. */
function flagsOf(invoked: Command): ReportOutputFlags {
  return invoked.optsWithGlobals()
}

function addMerge(report: Command, io: CliIo, done: (code: ExitCode) => void): void {
  const merge = report
    .command('merge')
    .description('join the reports of all shards of a run; ends as that run would have')
    .argument('<dirs...>', 'folder or report.json of each shard')
  addReportOutput(merge)
  merge.action(async (paths: readonly string[], _flags: ReportOutputFlags, invoked: Command) => {
    const { reportMergeCommand } = await import('./reportCommand.ts')
    done(reportMergeCommand(paths, toReportOutput(flagsOf(invoked)), io))
  })
}

function addDiff(report: Command, io: CliIo, done: (code: ExitCode) => void): void {
  report
    .command('diff')
    .description(
      'say what is new and what is gone from one report to another; exit code 1 when a new finding counts',
    )
    .argument('<before>', 'folder or report.json')
    .argument('<after>', 'folder or report.json')
    .option('--json', 'print it as JSON')
    .action(async (beforePath: string, afterPath: string, _flags: ReportOutputFlags, invoked: Command) => {
      const { reportDiffCommand } = await import('./reportCommand.ts')
      done(reportDiffCommand({ beforePath, afterPath, isJson: flagsOf(invoked).json === true }, io))
    })
}
