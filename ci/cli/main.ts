import { Command, CommanderError } from 'commander'
import { toSafeText } from '../../harness/base/safeText.ts'
import type { AddCommand } from './command.ts'
import { EXIT_CODE, type ExitCode } from './exitCode.ts'
import { type CliIo, layoutWidth, wantsColor } from './io.ts'
import { readPackageInfo } from './packageInfo.ts'
import { printError } from './printError.ts'

const EXIT_CODE_HELP = `
Exit codes:
  0    ready: every requested check ran and passed
  1    not ready: a check failed
  2    usage: the command line or an input file is wrong
  3    environment: disk, memory or network; no verdict
  4    no verdict: a requested check has no result
  5    review: nothing is broken, and differences wait for a person to accept them
  70   a bug in Drydock
  130  interrupted (143 when terminated)

stdout carries the result only; progress and logs go to stderr.`

/**
 * Runs the command line `argv` (without node and script) and gives the exit code. Never throws. Commands load their code when
 * they are chosen, so that help and version answer at once.
 */
export async function main(
  argv: readonly string[],
  io: CliIo,
  commands: readonly AddCommand[],
): Promise<ExitCode> {
  let exitCode: ExitCode = EXIT_CODE.ready
  try {
    const program = createProgram(io)
    const done = (code: ExitCode) => {
      exitCode = code
    }
    for (const add of commands) add(program, io, done)
    await program.parseAsync([...argv], { from: 'user' })
  } catch (error) {
    if (io.signal.aborted) return interrupted(io)
    return error instanceof CommanderError ? commanderExitCode(error) : printError(error, io)
  }
  return io.signal.aborted ? interrupted(io) : exitCode
}

function interrupted(io: CliIo): ExitCode {
  io.stderr.write('stopped before the end: no verdict\n')
  return io.signal.reason === 'SIGTERM' ? EXIT_CODE.terminated : EXIT_CODE.interrupted
}

/** Commander has already said what was wrong; asking for help or version is not an error. */
function commanderExitCode(error: CommanderError): ExitCode {
  return error.exitCode === 0 ? EXIT_CODE.ready : EXIT_CODE.usage
}

function createProgram(io: CliIo): Command {
  const { version } = readPackageInfo()
  return configure(new Command('drydock'), io)
    .description('Puts a Substrate runtime upgrade in dry dock before it sails.')
    .version(version, '-V, --version', 'print the version')
    .helpOption('-h, --help', 'print this help')
    .addHelpText('after', EXIT_CODE_HELP)
}

/** Sends what commander says through `io` and makes it throw instead of ending the process; subcommands inherit it. */
function configure(command: Command, io: CliIo): Command {
  command.exitOverride().showHelpAfterError('(run it with --help to see its options)')
  return command.configureOutput({
    writeOut: (text) => io.stdout.write(text),
    writeErr: (text) => io.stderr.write(text),
    outputError: (text, write) => write(`${toSafeMessage(text)}\n`),
    getOutHelpWidth: () => layoutWidth(io.stdout),
    getErrHelpWidth: () => layoutWidth(io.stderr),
    getOutHasColors: () => wantsColor(io.stdout, io.env),
    getErrHasColors: () => wantsColor(io.stderr, io.env),
  })
}

/** Commander quotes arguments as they are; the one line break of its own stands before a suggestion. */
function toSafeMessage(text: string): string {
  return text.trimEnd().split('\n(').map(toSafeText).join('\n(')
}
