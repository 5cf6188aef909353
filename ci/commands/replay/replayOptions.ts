import type { Command } from 'commander'
import type { ExitCode } from '../../cli/exitCode.ts'
import type { CliIo } from '../../cli/io.ts'
import { hashOption } from '../../cli/optionParsers.ts'
import { type BlockSpan, blockSpanOption } from './blockSpan.ts'

interface ReplayFlags {
  readonly fork?: string
  readonly blocks?: BlockSpan
  readonly runtime?: string
  readonly saveWitness?: string
  readonly cache?: string
  readonly genesis?: string
  readonly instructions?: true
  readonly json?: true
}

const EXAMPLES = `
Examples:
  npx drydock replay --fork finney --blocks 5611600..5611658
  npx drydock replay --fork wss://HOST --blocks 100..120 --runtime new.wasm --save-witness witnesses
  npx drydock replay --fork witnesses --runtime new.wasm`

/** `drydock replay`, with its options. */
export function addReplay(program: Command, io: CliIo, done: (code: ExitCode) => void): void {
  program
    .command('replay')
    .description('execute real blocks again, proved by their headers, and a candidate on the same blocks')
    .requiredOption(
      '--fork <source>',
      'network name, endpoints (wss://… or https://…), or folder of witnesses',
    )
    .option(
      '--blocks <range>',
      'heights to replay, as FIRST..LAST; for witnesses, all of them',
      blockSpanOption,
    )
    .option('--runtime <file>', 'candidate to run beside the runtime of the chain: a file, or demo:NAME')
    .option('--save-witness <dir>', 'write each block with the state that it reads into a folder')
    .option(
      '--cache <dir>',
      'folder for fetched state (default: drydock/nodes in the cache folder of the user)',
    )
    .option('--genesis <hash>', 'refuse endpoints whose block 0 has a different hash', hashOption)
    .option('--instructions', 'count the wasm instructions of each block, in a second execution')
    .option('--json', 'print the report as JSON')
    .addHelpText('after', EXAMPLES)
    .action(async ({ fork = '', ...flags }: ReplayFlags) => {
      const { replayCommand } = await import('./replayCommand.ts')
      done(await replayCommand({ fork, ...flags }, io))
    })
}
