import type { Command } from 'commander'
import type { ExitCode } from '../../cli/exitCode.ts'
import type { CliIo } from '../../cli/io.ts'
import {
  dateOption,
  durationMs,
  integerBetween,
  nameList,
  profileOption,
  reviewOption,
  shardOption,
  stateVersionOption,
} from '../../cli/optionParsers.ts'
import { addReportOutput } from '../../reporting/reportOutputOptions.ts'
import type { CheckFlags } from './checkFlags.ts'

const DEMO_FORK = 'demo'
const GOOD_DEMO_RUNTIME = 'demo:v2'
const TOUR_HINT = `
That was the good candidate for the demo chain. To see a faulty one:
  npx drydock check --fork demo --runtime demo:march-2024
All faults: npx drydock demo --list
`

/** `drydock check`, with its options. */
export function addCheck(program: Command, io: CliIo, done: (code: ExitCode) => void): void {
  const command = program
    .command('check')
    .description('fork a chain, upgrade it to a runtime, run it, and say whether the runtime is ready')
    .option(
      '--fork <source>',
      'required: state to start from: a raw chain spec (.json), a snapshot, a live chain (NAME or wss://…, [@block]), or demo',
    )
    .option(
      '--runtime <file>',
      'required: the candidate, exactly the wasm that will be deployed, or demo:NAME (see drydock demo --list)',
    )
  addSelection(command)
  addInputs(command)
  addOutput(command)
  command.action(async (flags: CheckFlags, invoked: Command) => {
    if (flags.list === true) {
      const { listCommand } = await import('./listCommand.ts')
      done(listCommand(io))
      return
    }
    const forkPath = given(invoked, '--fork <source>', flags.fork)
    const isTour = forkPath === DEMO_FORK && flags.runtime === undefined
    const runtimePath = isTour ? GOOD_DEMO_RUNTIME : given(invoked, '--runtime <file>', flags.runtime)
    assertBaselineFlags(invoked, flags)
    const { createCheckSettings } = await import('./checkSettings.ts')
    const { checkCommand } = await import('./checkCommand.ts')
    const { runSelectedChecks } = await import('./runSelectedChecks.ts')
    const settings = await createCheckSettings(
      { ...flags, fork: forkPath, runtime: runtimePath },
      process.cwd(),
    )
    done(await checkCommand(settings, io, runSelectedChecks))
    if (isTour && !io.signal.aborted && flags.quiet !== true) io.stderr.write(TOUR_HINT)
  })
}

function addSelection(command: Command): void {
  command
    .option('--only <ids>', 'run only these checks or groups, separated by commas', nameList)
    .option('--skip <ids>', 'leave these checks or groups out; the report lists them', nameList)
    .option('--profile <name>', 'quick or full (default: full)', profileOption)
    .option('--list', 'print the checks and exit')
    .option('--shard <i/n>', 'run only part i of n, for drydock report merge', shardOption)
}

function addInputs(command: Command): void {
  command
    .option(
      '--config <file>',
      'configuration (default: drydock.config.ts in the working directory, if there is one)',
    )
    .option('--blocks <n>', 'blocks to build after the upgrade (default: 10)', integerBetween(1, 100_000))
    .option('--seed <n>', 'seed of the demo chain', integerBetween(0, 4_294_967_295))
    .option('--scenarios <dir>', 'also run the scenario files (*.scenario.ts) of a folder')
    .option('--proposal <call>', 'the call that installs the candidate, as 0x-hex or a file that holds it')
    .option('--proposal-origin <who>', 'who signs the proposal: an address, or root')
    .option('--deadline <time>', 'longest time that one call into a runtime may take', durationMs, 60_000)
    .option('--check-deadline <time>', 'longest time that one check may take (default: 10m)', durationMs)
    .option(
      '--heap-pages <n>',
      'wasm pages for the runtime heap (default: what the state sets)',
      integerBetween(1, 65_535),
    )
    .option('--state-version <v>', 'trie layout of the state: auto, 0 or 1', stateVersionOption, 'auto')
}

function addOutput(command: Command): void {
  addReportOutput(command)
  command
    .option('--write-baseline <file>', 'accept the findings of this run: write them to a baseline')
    .option('--reason <text>', 'why the baseline accepts them')
    .option('--until <date>', 'last day on which the baseline holds, YYYY-MM-DD', dateOption)
    .option(
      '--review-is <verdict>',
      'ready or notReady: what exit code differences that nobody has accepted end with (default: 5)',
      reviewOption,
    )
    .option('--quiet', 'print only warnings and errors on stderr')
    .option('-v, --verbose', 'print every message on stderr')
    .option('--log-file <file>', 'write all messages, with times, to a file')
}

/** The value of an option that has to be there. Commander's own check of it would hide a misspelled option. */
function given(command: Command, option: string, value: string | undefined): string {
  return value ?? command.error(`error: required option '${option}' not specified`)
}

function assertBaselineFlags(command: Command, { writeBaseline, reason, until }: CheckFlags): void {
  if (writeBaseline === undefined || (reason !== undefined && until !== undefined)) return
  command.error('error: --write-baseline needs --reason TEXT and --until YYYY-MM-DD')
}
