import { type Command, InvalidArgumentError, Option } from 'commander'
import type { ExitCode } from '../../cli/exitCode.ts'
import { fuzzCommand } from '../../cli/fuzzGroup.ts'
import type { CliIo } from '../../cli/io.ts'
import { durationMs, integerBetween } from '../../cli/optionParsers.ts'

interface Flags {
  readonly runs: number
  readonly seed: number
  readonly out?: string
  readonly reference: 'yuma' | 'none'
  readonly largest: { readonly maxN: number; readonly cap: number }
  readonly maxPages: number
  readonly deadline: number
  readonly replay?: string
  readonly json?: true
  readonly fork?: string
  readonly runtime?: string
  readonly netuid: number
  readonly sizes: readonly number[]
  readonly validators: number
}

const U32 = 2 ** 32 - 1

/** `drydock fuzz consensus`: a candidate's module, or the epoch of a runtime. */
export function addFuzzConsensus(program: Command, io: CliIo, done: (code: ExitCode) => void): void {
  fuzzCommand(program)
    .command('consensus')
    .description('judge a consensus function by searched inputs, or measure the epoch that a runtime has')
    .argument('[module]', 'wasm module of ABI 1 (docs/consensus-abi.md)')
    .option('--runs <n>', 'executions of the search', integerBetween(1, 1e12), 20_000)
    .option('--seed <n>', 'the same seed gives the same search', integerBetween(0, U32), 1)
    .option('--out <dir>', 'folder for a file of each counterexample')
    .addOption(
      new Option('--reference <name>', 'what the function has to agree with')
        .choices(['yuma', 'none'])
        .default('none'),
    )
    .option('--largest <N>x<cells>', 'the largest subnet to serve', shapeOption, { maxN: 4096, cap: 8 })
    .option('--max-pages <n>', 'memory limit in pages of 64 KiB', integerBetween(1, 65_536), 1024)
    .option('--deadline <time>', 'end of the search, whatever it has reached', durationMs, 600_000)
    .option('--replay <file>', 'run a counterexample again instead of searching')
    .option('--json', 'print the result as JSON')
    .option(
      '--fork <state>',
      'state to measure the epoch of a runtime on: a raw chain spec, a snapshot, or demo',
    )
    .option('--runtime <wasm>', 'runtime whose epoch to measure; default: the one in the state')
    .option('--netuid <n>', 'subnet that is filled with neurons', integerBetween(1, 65_535), 1)
    .option('--sizes <list>', 'numbers of neurons', sizesOption, [16, 32, 64, 128, 256])
    .option(
      '--validators <n>',
      'most neurons with stake and weights on all others',
      integerBetween(1, 4096),
      64,
    )
    .action(async (modulePath: string | undefined, flags: Flags, invoked: Command) => {
      const isRuntime = flags.fork !== undefined || flags.runtime !== undefined
      if (isRuntime === (modulePath !== undefined)) {
        invoked.error('error: give either a module, or --runtime or --fork')
      }
      if (isRuntime) {
        const { measureEpochCommand } = await import('./measureEpochCommand.ts')
        done(await measureEpochCommand({ ...flags, isJson: flags.json === true }, io))
        return
      }
      const { fuzzConsensusCommand } = await import('./fuzzConsensusCommand.ts')
      done(
        await fuzzConsensusCommand(
          { ...flags, modulePath: modulePath ?? '', isJson: flags.json === true },
          io,
        ),
      )
    })
}

function shapeOption(text: string): Flags['largest'] {
  const match = /^(\d{1,5})x(\d{1,5})$/.exec(text)
  const [maxN, cap] = [Number(match?.[1]), Number(match?.[2])]
  if (maxN >= 1 && maxN <= 65_535 && cap >= 1 && cap <= 65_535) return { maxN, cap }
  throw new InvalidArgumentError('Expected neurons and cells of a row, such as 4096x64.')
}

function sizesOption(text: string): readonly number[] {
  const sizes = text.split(',').map((one) => (/^\d{1,5}$/.test(one) ? Number(one) : Number.NaN))
  const ascending = sizes.every((size, i) => size >= 2 && size <= 16_384 && size > (sizes[i - 1] ?? 0))
  if (ascending) return sizes
  throw new InvalidArgumentError('Expected ascending numbers from 2 to 16384, such as 16,64,256.')
}
