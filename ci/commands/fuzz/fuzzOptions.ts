import type { Command } from 'commander'
import type { ExitCode } from '../../cli/exitCode.ts'
import { fuzzCommand } from '../../cli/fuzzGroup.ts'
import type { CliIo } from '../../cli/io.ts'
import { integerBetween } from '../../cli/optionParsers.ts'

const MAX_COUNT = 2 ** 31 - 1

interface RunFlags {
  readonly fork: string
  readonly runtime?: string
  readonly seed: number
  readonly runs: number
  readonly time?: number
  readonly corpus?: string
  readonly out: string
}

interface ReplayFlags {
  readonly fork: string
  readonly runtime?: string
}

/** `drydock fuzz run|replay|show`, with their options. */
export function addFuzz(program: Command, io: CliIo, done: (code: ExitCode) => void): void {
  const fuzz = fuzzCommand(program)
  addRun(fuzz, io, done)
  fuzz
    .command('replay')
    .description('run the steps of a finding or corpus file; exit code 1 when they still show a fault')
    .argument('<input>', 'input.json of a finding, or a file of a corpus')
    .requiredOption('--fork <source>', 'raw chain spec, snapshot, or demo')
    .option('--runtime <file>', 'candidate to upgrade to first, or demo:NAME (default: the runtime on chain)')
    .action(async (input: string, flags: ReplayFlags) => {
      const { replayCommand } = await import('./replayCommand.ts')
      done(await replayCommand({ input, fork: flags.fork, runtime: flags.runtime ?? null }, io))
    })
  fuzz
    .command('show')
    .description('print the steps of a finding or corpus file, one a line')
    .argument('<input>', 'input.json of a finding, or a file of a corpus')
    .action(async (input: string) => {
      const { showCommand } = await import('./showCommand.ts')
      done(showCommand(input, io))
    })
}

function addRun(fuzz: Command, io: CliIo, done: (code: ExitCode) => void): void {
  fuzz
    .command('run')
    .description('run a campaign; exit code 1 when it finds a fault')
    .requiredOption('--fork <source>', 'raw chain spec, snapshot, or demo')
    .option('--runtime <file>', 'candidate to upgrade to first, or demo:NAME (default: the runtime on chain)')
    .option('--seed <number>', 'of all choices', integerBetween(0, MAX_COUNT), 1)
    .option('--runs <count>', 'runtime calls to make', integerBetween(1, MAX_COUNT), 200_000)
    .option('--time <seconds>', 'end earlier, after so many seconds', integerBetween(1, 1_000_000))
    .option('--corpus <folder>', 'sequences to begin with; what is new is added')
    .option('--out <folder>', 'where findings go, a folder each', 'drydock-out/fuzz')
    .action(async (flags: RunFlags) => {
      const { runCommand } = await import('./runCommand.ts')
      const { fork, runtime = null, seed, runs, time = null, corpus = null, out } = flags
      done(await runCommand({ fork, runtime, seed, runs, timeSeconds: time, corpus, out }, io))
    })
}
