import type { Command } from 'commander'
import type { ExitCode } from '../../cli/exitCode.ts'
import type { CliIo } from '../../cli/io.ts'

/** `drydock demo`, with its options. */
export function addDemo(program: Command, io: CliIo, done: (code: ExitCode) => void): void {
  program
    .command('demo')
    .description('list the runtimes to try on the demo chain: check --fork demo --runtime demo:NAME')
    .option('--list', 'print the table of faults, with the check that must report it (default)')
    .action(async () => {
      const { demoCommand } = await import('./demoCommand.ts')
      done(demoCommand(io))
    })
}
