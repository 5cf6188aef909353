import type { Command } from 'commander'
import type { ExitCode } from '../../cli/exitCode.ts'
import type { CliIo } from '../../cli/io.ts'
import { hashOption, integerBetween } from '../../cli/optionParsers.ts'

interface SnapshotFlags {
  readonly fork?: string
  readonly out?: string
  readonly at?: number
  readonly genesis?: string
}

/** `drydock snapshot`, with its options. */
export function addSnapshot(program: Command, io: CliIo, done: (code: ExitCode) => void): void {
  program
    .command('snapshot')
    .description('write the state of a chain at one block to a file, proved by the state root of its header')
    .requiredOption('--fork <source>', 'endpoint (https://… or wss://…), raw chain spec, or demo')
    .requiredOption('--out <file>', 'file to write')
    .option(
      '--at <block>',
      'height to read a live chain at (default: the last finalized block)',
      integerBetween(0, 4_294_967_295),
    )
    .option('--genesis <hash>', 'refuse a live chain whose block 0 has a different hash', hashOption)
    .action(async ({ fork = '', out = '', at, genesis }: SnapshotFlags) => {
      const { snapshotCommand } = await import('./snapshotCommand.ts')
      const options = {
        forkPath: fork,
        outPath: out,
        ...(at === undefined ? {} : { blockNumber: at }),
        ...(genesis === undefined ? {} : { genesisHash: genesis }),
      }
      done(await snapshotCommand(options, io))
    })
}
