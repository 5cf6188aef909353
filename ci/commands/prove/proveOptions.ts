import type { Command } from 'commander'
import type { ExitCode } from '../../cli/exitCode.ts'
import type { CliIo } from '../../cli/io.ts'
import { durationMs, integerBetween } from '../../cli/optionParsers.ts'

interface ProveFlags {
  readonly check?: string
  readonly certificate?: string
  readonly solver?: string
  readonly shapes?: string
  readonly time: number
  readonly maxSteps: number
  readonly requireProof?: true
  readonly json?: true
}

/** `drydock prove`, with its options. */
export function addProve(program: Command, io: CliIo, done: (code: ExitCode) => void): void {
  program
    .command('prove')
    .description('judge a consensus function for all values: traps, regions, instructions and memory')
    .argument('<module>', 'wasm of ABI 1')
    .option('--shapes <list>', 'what to judge, such as all4,64x64,256x64 (the default) or 4096x64')
    .option('--solver <name>', 'z3 (the default when z3-solver is installed), none, or the path of a solver')
    .option('--certificate <file>', 'write what was decided, to be checked again')
    .option('--check <file>', 'judge again, and compare with a certificate')
    .option('--time <duration>', 'give up after this time', durationMs, 600_000)
    .option('--max-steps <count>', 'instructions of one walk', integerBetween(1, 10_000_000_000), 400_000_000)
    .option('--require-proof', 'exit with 1 when anything is unknown')
    .option('--json', 'print the result as JSON')
    .action(async (modulePath: string, flags: ProveFlags) => {
      const { proveCommand } = await import('./proveCommand.ts')
      const { check = null, certificate = null, solver = null, shapes = null, time, maxSteps } = flags
      const options = {
        ...{ modulePath, checkPath: check, certificatePath: certificate, solver, shapes },
        ...{
          timeMs: time,
          maxSteps,
          requiresProof: flags.requireProof === true,
          isJson: flags.json === true,
        },
      }
      done(await proveCommand(options, io))
    })
}
