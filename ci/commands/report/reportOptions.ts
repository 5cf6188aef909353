import type { Command } from 'commander'
import type { ExitCode } from '../../cli/exitCode.ts'
import type { CliIo } from '../../cli/io.ts'
import {
  addReportOutput,
  type ReportOutputFlags,
  toReportOutput,
} from '../../reporting/reportOutputOptions.ts'

/** `drydock report`, with its subcommands. */
export function addReport(program: Command, io: CliIo, done: (code: ExitCode) => void): void {
  const report = program
    .command('report')
    .description('print a report again in other formats; merge the shards of a run; compare two candidates')
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
    .description('merge the reports of all shards of a run; exits as that run would have')
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
      'list what is new and what is gone between two reports; exit code 1 when a new finding counts',
    )
    .argument('<before>', 'folder or report.json')
    .argument('<after>', 'folder or report.json')
    .option('--json', 'print it as JSON')
    .action(async (beforePath: string, afterPath: string, _flags: ReportOutputFlags, invoked: Command) => {
      const { reportDiffCommand } = await import('./reportCommand.ts')
      done(reportDiffCommand({ beforePath, afterPath, isJson: flagsOf(invoked).json === true }, io))
    })
}
