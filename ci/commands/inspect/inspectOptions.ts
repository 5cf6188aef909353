import type { Command } from 'commander'
import type { ExitCode } from '../../cli/exitCode.ts'
import type { CliIo } from '../../cli/io.ts'

/** `drydock inspect`, with its options. */
export function addInspect(program: Command, io: CliIo, done: (code: ExitCode) => void): void {
  program
    .command('inspect')
    .description(
      'describe a runtime file: versions, hashes to compare with a proposal, imports, entry points',
    )
    .argument('<runtime>', 'runtime wasm, plain or compressed, or demo:NAME')
    .option('--json', 'print it as JSON')
    .action(async (runtimePath: string, flags: { readonly json?: true }) => {
      const { inspectCommand } = await import('./inspectCommand.ts')
      done(await inspectCommand({ runtimePath, isJson: flags.json === true }, io))
    })
}
